namespace PteGuard;

public unsafe partial interface IArchitecture<TSelf>
{
    /// <summary>
    /// Why hardware would not go through an entry that software takes for present. Asked of tables that somebody else made, so
    /// what only Linux demands of an entry does not count. Without an answer of the architecture's own, a directory entry that is
    /// no leaf must be a well-formed reference to a table.
    /// </summary>
    /// <param name="entry">The entry.</param>
    /// <param name="level">Its level; of folded ones, the lowest.</param>
    /// <returns><see cref="ImageStatus.Reserved"/> for its form, <see cref="ImageStatus.NotPresent"/> for a directory entry that is not in use; null: it would.</returns>
    static virtual ImageStatus? Refusal(ulong entry, TableLevel level)
    {
        bool bad = level switch
        {
            TableLevel.Pte => false,
            TableLevel.Pmd => !TSelf.PmdIsLeaf(entry) && TSelf.PmdIsBad(entry),
            TableLevel.Pud => !TSelf.PudIsLeaf(entry) && TSelf.PudIsBad(entry),
            TableLevel.P4d => TSelf.P4dIsBad(entry),
            _ => TSelf.PgdIsBad(entry),
        };
        return bad ? ImageStatus.Reserved : null;
    }
}
