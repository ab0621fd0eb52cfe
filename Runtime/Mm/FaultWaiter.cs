namespace PteGuard;

/// <summary>One fault that waits until somebody has done something about the page at its address.</summary>
internal sealed class FaultWaiter
{
    private readonly FaultQueue _queue;

    public FaultWaiter(FaultQueue queue, UserfaultEvent cause)
    {
        _queue = queue;
        Cause = cause;
    }

    /// <summary>Where, and what the access was.</summary>
    public UserfaultEvent Cause { get; }

    /// <summary>Whether a handler is to be told, and was not yet. Under the queue's lock.</summary>
    public bool IsPending { get; set; }

    /// <summary>Whether waiting is over. Under the queue's lock.</summary>
    public bool IsOver { get; set; }

    /// <summary>Waits until woken; returns at once if that has happened. The caller holds no lock and has nothing mapped.</summary>
    /// <exception cref="InvalidOperationException">This thread has a table mapped: who would change the entry may have to wait for it.</exception>
    [MayBlock]
    public void Wait() => _queue.Wait(this);
}
