namespace PteGuard.Runtime.Tests;

/// <summary>Whether this thread has something mapped, asked by trying to leave.</summary>
public static class ReadSection
{
    public static bool IsOpen
    {
        get
        {
            try
            {
                PageTable.RcuReadUnlock();
            }
            catch (InvalidOperationException)
            {
                return false;
            }

            PageTable.RcuReadLock();
            return true;
        }
    }
}
