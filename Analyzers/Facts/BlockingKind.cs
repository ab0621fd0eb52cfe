namespace PteGuard.Analyzers.Facts;

/// <summary>How an operation blocks.</summary>
internal enum BlockingKind
{
    /// <summary>It awaits, by <c>await</c> or by an asynchronous <c>foreach</c> or <c>using</c>.</summary>
    Await,

    /// <summary>It takes a lock that sleeps: the <c>lock</c> statement, <c>Monitor</c> or <c>Lock</c>.</summary>
    Lock,

    /// <summary>It calls what may block.</summary>
    Call,
}
