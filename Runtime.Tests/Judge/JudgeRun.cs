using System.Runtime.InteropServices;
using System.Text;

namespace PteGuard.Runtime.Tests;

/// <summary>
/// Has tables of the runtime walked by an emulated processor, which others wrote from the same manuals, and by the runtime's own
/// walk, and compares: whether each access goes through and to which physical address, which fault it is, and afterwards
/// all of memory, so the marks in the entries and what was stored.
/// </summary>
public sealed unsafe class JudgeRun<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const int Rounds = 100;
    private const int AccessesPerRound = 100;
    private const int Shown = 12;

    private readonly Guest _guest;
    private readonly Random _random;
    private readonly JudgedSpace<TArch> _space;
    private readonly AccessMaker<TArch> _maker;
    private readonly SortedDictionary<string, int> _outcomes = [];
    private readonly StringBuilder _differences = new();
    private int _different;

    public JudgeRun(Guest guest, ulong alignment, int seed)
    {
        _guest = guest;
        _random = new Random(seed);
        _space = new JudgedSpace<TArch>(guest, _random, alignment);
        _maker = new AccessMaker<TArch>(_space, guest, _random);
    }

    /// <summary>Compares many accesses to many tables. Returns how many ended how.</summary>
    public string Run()
    {
        for (int round = 0; round < Rounds && _different < Shown; round++)
            Round(round);
        Assert.True(_different == 0, _differences.ToString());
        foreach (MmuAccess access in Judge.Kinds)
            Assert.True(_outcomes.ContainsKey($"{access}: {MmuFault.None}"), $"no {access} went through");
        return string.Join(", ", _outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"));
    }

    public void Dispose() => _space.Dispose();

    private void Round(int round)
    {
        _space.Restore();
        _maker.ChangeTables();
        _guest.Memory.Write(_space.Start, MemoryMarshal.Cast<byte, ulong>(_space.Memory));

        GuestAccess[] theirs = [.. Enumerable.Range(0, AccessesPerRound).Select(number => _maker.Next((ulong)number))];
        foreach (ref GuestAccess access in theirs.AsSpan())
        {
            if (!_guest.CanJudge(_space.Root, access))
                access.Access &= (ulong)MmuAccess.User;
        }

        var ours = new GuestAccess[AccessesPerRound];
        var faults = new MmuFault[AccessesPerRound];
        while (!TryMakeAll(theirs, ours, faults))
            _guest.Memory.Read(_space.Start, MemoryMarshal.Cast<byte, ulong>(_space.Memory));

        _guest.Run(_space.Root, theirs);

        for (int i = 0; i < ours.Length; i++)
        {
            Count($"{ours[i].Kind}: {faults[i]}");
            bool same = faults[i] == MmuFault.None
                ? _guest.Succeeded(theirs[i]) && theirs[i].Value == ours[i].Value
                : _guest.Reports(faults[i], theirs[i]);
            if (!same)
                Differ($"round {round}, access {i}: here {faults[i]} with 0x{ours[i].Value:x}; there {theirs[i]}{_maker.Describe(ours[i].Address)}");
        }

        CompareMemory(round);
    }

    /// <summary>The accesses as our walk has them. False: one would execute what are no instructions of ours, so it is to be a load, and all to be made anew.</summary>
    private bool TryMakeAll(GuestAccess[] accesses, GuestAccess[] done, MmuFault[] faults)
    {
        for (int i = 0; i < accesses.Length; i++)
        {
            done[i] = accesses[i];
            faults[i] = TArch.HardwareWalk(_space.Mm.Pgd, done[i].Address, done[i].Kind, out ulong physical);
            if (faults[i] != MmuFault.None)
                continue;

            ulong* word = (ulong*)PhysicalMemory.ToPointer(physical);
            if ((done[i].Kind & MmuAccess.Write) != 0)
            {
                *word = done[i].Value;
            }
            else if ((done[i].Kind & MmuAccess.Execute) == 0)
            {
                done[i].Value = *word;
            }
            else if (*word == _guest.CodeAt(physical))
            {
                done[i].Value = _guest.ValueOfCodeAt(physical);
            }
            else
            {
                accesses[i].Access = (ulong)(done[i].Kind & ~MmuAccess.Execute);
                return false;
            }
        }

        return true;
    }

    private void CompareMemory(int round)
    {
        var theirs = new ulong[_space.Size / sizeof(ulong)];
        _guest.Memory.Read(_space.Start, theirs);
        var ours = new ReadOnlySpan<ulong>(PhysicalMemory.ToPointer(_space.Start), theirs.Length);
        ulong reserved = _guest.ReservedEntry(_space.Root);
        if (reserved != 0)
            theirs[(reserved - _space.Start) / sizeof(ulong)] = ours[(int)((reserved - _space.Start) / sizeof(ulong))];
        for (int i = 0; (i += ours[i..].CommonPrefixLength(theirs.AsSpan(i))) < theirs.Length && _different < Shown; i++)
        {
            ulong address = _space.Start + ((ulong)i * sizeof(ulong));
            int shift = _space.ShiftAt(address);
            if (!_guest.MayDiffer(shift, ours[i], theirs[i]))
                Differ($"round {round}, memory at 0x{address:x}, an entry for 2^{shift} bytes: here 0x{ours[i]:x}, there 0x{theirs[i]:x}");
        }
    }

    private void Count(string outcome) => _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;

    private void Differ(string difference)
    {
        if (_different++ < Shown)
            _differences.AppendLine(difference);
    }
}
