using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Decides which of an entry's readers serves where it is read.</summary>
internal interface IReaderChoice
{
    /// <summary>The reader; null: none that a fix can call.</summary>
    Accessor? Choose(EntryAccess access);
}

/// <summary>The ordinary reader, always.</summary>
internal sealed class DeclaredReader : IReaderChoice
{
    public static readonly DeclaredReader Instance = new();

    public Accessor? Choose(EntryAccess access) =>
        access.Contract.Read is { Method: not null, Form: AccessorForm.Read } reader ? reader : null;
}

/// <summary>The reader for walks that hold no lock.</summary>
internal sealed class LocklessReader : IReaderChoice
{
    public static readonly LocklessReader Instance = new();

    public Accessor? Choose(EntryAccess access) =>
        access.Contract.ReadLockless is { Method: not null, Form: AccessorForm.Read } reader ? reader : null;
}
