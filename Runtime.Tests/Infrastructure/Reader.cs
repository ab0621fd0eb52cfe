namespace PteGuard.Runtime.Tests;

/// <summary>
/// A thread in a read-side section. Deferred tables are freed by whichever test of the process defers the next, so who
/// counts on one still waiting keeps a reader.
/// </summary>
internal sealed class Reader : IDisposable
{
    private readonly ManualResetEventSlim _leave = new();
    private readonly Thread _thread;

    public Reader()
    {
        using var reading = new ManualResetEventSlim();
        _thread = new Thread(() =>
        {
            PageTable.RcuReadLock();
            reading.Set();
            _leave.Wait();
            PageTable.RcuReadUnlock();
        });
        _thread.Start();
        reading.Wait();
    }

    public void Dispose()
    {
        _leave.Set();
        _thread.Join();
    }
}
