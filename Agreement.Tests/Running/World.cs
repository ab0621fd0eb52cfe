using PteGuard.Agreement.Tests.Comparison;

namespace PteGuard.Agreement.Tests.Running;

/// <summary>
/// What a random program works on: an address space of one thread, in which each map finds a table, or none, as the run's
/// schedule says, and what is seen is written down.
/// </summary>
public sealed unsafe class World : IDisposable
{
    /// <summary>The index of the first entry that programs look at; they step forward a little.</summary>
    public const ulong Addr = 0x4000_0000;

    private const int Tables = 8;
    private const int Fuel = 2_000;
    private const int MaxMaps = 64;

    /// <summary>How many maps of one run may find no table; the later ones find one.</summary>
    private const int Scheduled = 4;

    /// <summary>How many entries of a table a program can reach.</summary>
    private const int Entries = 32;

    [ThreadStatic]
    private static World? t_running;

    private readonly Arena _arena = new(8 << 20);
    private readonly nint[] _pmds = new nint[Tables];
    private readonly nint[] _absent = new nint[2];
    private readonly nint[] _tables = new nint[Tables];
    private Run _run = new([]);
    private ulong _next;
    private int _maps;
    private int _fuel;

    /// <summary>How many statements had begun when something was thrown: those of a finally block come later.</summary>
    private int? _threwAfter;

    static World()
    {
        Places.WithFiles = false;
        AppDomain.CurrentDomain.FirstChanceException += static (_, _) => t_running?.NoteThrow();
        ContractCheck.Violated += static (_, violation) => t_running?.Note(violation);
    }

    public World()
    {
        if (!ContractCheck.IsOn)
            throw new InvalidOperationException("The contract is not checked in this process.");
        Mm = new Mm<X86_64>(_arena);
        for (int i = 0; i < Tables; i++)
        {
            Pmd<X86_64>* pmd = PageTable.PmdAllocWalk(Mm, Addr + ((ulong)i << 21));
            if (!PageTable.PteAlloc(Mm, pmd))
                throw new InvalidOperationException("There is no memory for the tables.");
            _pmds[i] = (nint)pmd;
            Pte<X86_64>* first = PageTable.PteOffsetMap(pmd, Addr);
            _tables[i] = (nint)first;
            PageTable.PteUnmap(first);
            Restore(i);
        }

        _absent[0] = (nint)PageTable.PmdAllocWalk(Mm, Addr + ((ulong)Tables << 21));
        _absent[1] = (nint)PageTable.PmdAllocWalk(Mm, Addr + ((Tables + 1UL) << 21));
        PageTable.SetPmd((Pmd<X86_64>*)_absent[1], Pmd<X86_64>.MkHuge(0, Pgprot<X86_64>.Of(VmFlags.None)));
    }

    public Mm<X86_64> Mm { get; }

    /// <summary>The pmd for the next map of the run: each map has another one, and each table its own lock.</summary>
    public Pmd<X86_64>* Pmd()
    {
        int map = _maps++;
        if (map == MaxMaps)
            throw new EndlessRunException();
        if (map == _run.Schedule.Count && map < Scheduled)
            _run.Schedule.Add(true);
        return (Pmd<X86_64>*)(map >= _run.Schedule.Count || _run.Schedule[map] ? _pmds[map % Tables] : _absent[map % 2]);
    }

    /// <summary>Something that the outside world sees.</summary>
    public void See(ulong value)
    {
        Burn();
        _run.Seen.Add(value);
    }

    /// <summary>A value that no entry had in this run.</summary>
    public Pte<X86_64> Next() => Pte<X86_64>.FromSwpEntry(new SwpEntry(1, ++_next));

    /// <summary>Stands before each statement of the copy that is executed.</summary>
    public void Hit(int statement)
    {
        Burn();
        _run.Trace.Add(statement);
    }

    /// <summary>Stands where a program may go round for ever, whether it has probes or not.</summary>
    public void Turn() => Burn();

    [MayBlock]
    public void Wait()
    {
        Burn();
        CheckedThread.Current.Block("A random program");
    }

    /// <summary>Runs a program on one input, with a schedule that it may make longer.</summary>
    internal Run Execute(Func<World, int, int> program, int input, List<bool> schedule)
    {
        _run = new Run(schedule);
        (_next, _maps, _fuel, _threwAfter) = (1_000, 0, 0, null);
        t_running = this;
        Mm.MmapLock.EnterRead();
        try
        {
            _run.Result = program(this, input);
        }
        catch (EndlessRunException)
        {
            _run.End = RunEnd.Endless;
        }
        catch (Exception e) when (e is NullReferenceException or ArgumentNullException or InvalidOperationException or SynchronizationLockException or LockRecursionException)
        {
            _run.End = RunEnd.Threw;
            if (e is NullReferenceException or ArgumentNullException || e.TargetSite?.Name == nameof(Throw.DefaultLock))
                NoteNull(_threwAfter ?? _run.Trace.Count);
        }

        _run.IsBeyondSchedule = _maps > Scheduled;

        // What is still mapped or locked is reported at the latest here; ways out by exception do not count.
        if (_run.End != RunEnd.Returned)
            t_running = null;
        Mm.MmapLock.ExitRead();
        Release();
        t_running = this;
        for (int i = 0; i < Math.Min(_maps, Tables); i++)
        {
            Remember(i);
            Restore(i);
        }

        t_running = null;
        return _run;
    }

    public void Dispose()
    {
        PageTable.PmdClear((Pmd<X86_64>*)_absent[1]);
        for (int i = 0; i < Tables; i++)
            Fill(i, static _ => 0);
        Mm.Dispose();
        PageTable.RcuBarrier();
        _arena.Dispose();
    }

    private static ulong Initial(int entry) => Pte<X86_64>.FromSwpEntry(new SwpEntry(1, (ulong)entry + 1)).Value;

    private void NoteThrow() => _threwAfter ??= _run.Trace.Count;

    private void NoteNull(int after)
    {
        int later = _run.Violations.FindIndex(violation => violation.After > after);
        _run.Violations.Insert(later < 0 ? _run.Violations.Count : later, new(Rule.UncheckedMapping, after));
    }

    private void Note(ContractViolationEventArgs violation)
    {
        // Null that was stepped forward is still no mapping.
        string rule = violation.Rule == Rule.UseAfterUnmap && violation.Location < 4096 ? Rule.UncheckedMapping : violation.Rule;

        // A way out by exception leaves mappings behind, which does not count, nor does the order among those that end on it.
        if (rule == Rule.UnmapOrder && _threwAfter is not null)
            return;
        _run.Violations.Add(new(rule, _run.Trace.Count));
    }

    private void Burn()
    {
        if (++_fuel == Fuel)
            throw new EndlessRunException();
    }

    private void Release()
    {
        for (int i = 0; i < Tables; i++)
        {
            PtLock ptl = PageTable.PteLockptr(Mm, (Pmd<X86_64>*)_pmds[i]);
            if (ptl.IsHeld)
                ptl.Exit();
        }

        while (Rcu.IsReading)
            Rcu.Leave();
        CheckedThread.Reset();
    }

    private void Remember(int table)
    {
        var memory = new HashCode();
        memory.AddBytes(new ReadOnlySpan<byte>((void*)_tables[table], Entries * sizeof(ulong)));
        _run.Seen.Add((uint)memory.ToHashCode());
    }

    /// <summary>Tells what was written behind the accessors' back, too.</summary>
    private void Restore(int table) => Fill(table, Initial);

    private void Fill(int table, Func<int, ulong> value)
    {
        for (int i = 0; i < Entries; i++)
            ShadowEntries.Store((ulong*)_tables[table] + i, value(i));
    }

    private sealed class EndlessRunException : Exception;
}
