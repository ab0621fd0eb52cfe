using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PteGuard;

/// <summary>
/// A memory management unit in software: it walks the tables of an address space as the architecture's hardware does, sets
/// accessed and dirty in the entries it used, atomically, and reads and writes memory through them. What it cannot
/// translate, it hands to <see cref="Mm{TArch}.Fault"/>.
/// </summary>
/// <remarks>
/// Stands for one processor: used by one thread at a time. With a TLB it keeps translations until they are flushed, as
/// hardware does, so whoever changes an entry must flush; without, each access walks.
/// </remarks>
/// <typeparam name="TArch">The architecture.</typeparam>
public sealed unsafe class SoftMmu<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const int MostTlbEntries = 1 << 20;

    private readonly Processor _processor = new();
    private readonly Tlb<TArch>? _tlb;
    private bool _disposed;

    /// <summary>A unit without a TLB that translates through an address space, until it is disposed.</summary>
    /// <param name="mm">The address space.</param>
    /// <exception cref="ObjectDisposedException">The address space is disposed.</exception>
    public SoftMmu(Mm<TArch> mm)
        : this(mm, 0)
    {
    }

    /// <summary>A unit that translates through an address space, until it is disposed.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="tlbEntries">How many pages it keeps the translations of: a power of two up to 2^20, or 0: none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of entries is not 0 or such a power of two.</exception>
    /// <exception cref="ObjectDisposedException">The address space is disposed.</exception>
    public SoftMmu(Mm<TArch> mm, int tlbEntries)
    {
        ArgumentNullException.ThrowIfNull(mm);
        ObjectDisposedException.ThrowIf(mm.IsDisposed, mm);
        if (tlbEntries != 0 && (!BitOperations.IsPow2(tlbEntries) || tlbEntries > MostTlbEntries))
            throw new ArgumentOutOfRangeException(nameof(tlbEntries), tlbEntries, $"A TLB has a power of two of entries, up to {MostTlbEntries}, or none.");
        Mm = mm;
        _tlb = tlbEntries == 0 ? null : new Tlb<TArch>(mm, tlbEntries);
        mm.Processors.Attach(_processor);
    }

    /// <summary>The address space.</summary>
    public Mm<TArch> Mm { get; }

    /// <summary>Whether accesses are those of user code, which is so at first, or of the kernel.</summary>
    public bool IsUser { get; set; } = true;

    /// <summary>Detaches the unit. The address space stays.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Mm.Processors.Detach(_processor);
    }

    /// <summary>Translates an address, and marks the entries accessed and, for a write, dirty.</summary>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="access">What is to be done; whether by user code is said here, not by <see cref="IsUser"/>.</param>
    /// <param name="physical">The physical address, in bytes. It may be somebody else's the next moment.</param>
    /// <returns>Why not, or <see cref="MmuFault.None"/>.</returns>
    public MmuFault Translate(ulong addr, MmuAccess access, out ulong physical)
    {
        Begin();
        MmuFault fault = Look(addr, access, out physical);
        End();
        return fault;
    }

    /// <summary>Reads memory, faulting pages in as needed.</summary>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="destination">Where to, and how much. Undefined if the result is an error.</param>
    /// <returns><see cref="VmFault.None"/>, or what the access did not survive.</returns>
    [MayBlock]
    public VmFault Read(ulong addr, Span<byte> destination)
    {
        fixed (byte* buffer = destination)
            return Copy(addr, buffer, (ulong)destination.Length, MmuAccess.Read);
    }

    /// <summary>Writes memory, faulting pages in as needed.</summary>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="source">What. Part of it may be written if the result is an error.</param>
    /// <returns><see cref="VmFault.None"/>, or what the access did not survive.</returns>
    [MayBlock]
    public VmFault Write(ulong addr, ReadOnlySpan<byte> source)
    {
        fixed (byte* buffer = source)
            return Copy(addr, buffer, (ulong)source.Length, MmuAccess.Write);
    }

    /// <summary>Reads a value, faulting pages in as needed.</summary>
    /// <exception cref="MemoryFaultException">There is no such memory, or it may not be read.</exception>
    [MayBlock]
    public T Load<T>(ulong addr)
        where T : unmanaged
    {
        T value;
        VmFault fault = Copy(addr, (byte*)&value, (ulong)sizeof(T), MmuAccess.Read);
        return fault == VmFault.None ? value : throw new MemoryFaultException(addr, fault);
    }

    /// <summary>Writes a value, faulting pages in as needed.</summary>
    /// <exception cref="MemoryFaultException">There is no such memory, or it may not be written.</exception>
    [MayBlock]
    public void Store<T>(ulong addr, T value)
        where T : unmanaged
    {
        VmFault fault = Copy(addr, (byte*)&value, (ulong)sizeof(T), MmuAccess.Write);
        if (fault != VmFault.None)
            throw new MemoryFaultException(addr, fault);
    }

    private VmFault Copy(ulong addr, byte* buffer, ulong length, MmuAccess access)
    {
        if (IsUser)
            access |= MmuAccess.User;
        while (length != 0)
        {
            ulong inPage = Math.Min(length, (1UL << TArch.PageShift) - (addr & ((1UL << TArch.PageShift) - 1)));
            VmFault fault = CopyInPage(addr, buffer, inPage, access);
            if (fault != VmFault.None)
                return fault;
            addr += inPage;
            buffer += inPage;
            length -= inPage;
        }

        return VmFault.None;
    }

    private VmFault CopyInPage(ulong addr, byte* buffer, ulong length, MmuAccess access)
    {
        for (FaultFlags tried = FaultFlags.None; ; tried = FaultFlags.Tried)
        {
            Begin();
            MmuFault fault = Look(addr, access, out ulong physical);
            if (fault == MmuFault.None)
                Move((byte*)PhysicalMemory.ToPointer(physical), buffer, (nuint)length, (access & MmuAccess.Write) != 0);
            End();

            switch (fault)
            {
                case MmuFault.None:
                    return VmFault.None;
                case MmuFault.NotCanonical:
                    return VmFault.SigSegv;
                case MmuFault.ReservedBit:
                    return VmFault.SigBus;
            }

            VmFault outcome = Mm.Fault(addr, ToFaultFlags(access) | tried);
            if ((outcome & VmFault.Error) != 0)
                return outcome;
            if (outcome == VmFault.Retry)
                Thread.Yield();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private MmuFault Look(ulong addr, MmuAccess access, out ulong physical)
        => _tlb is null ? TArch.HardwareWalk(Mm.Pgd, addr, access, out physical) : _tlb.Translate(addr, access, out physical);

    /// <summary>From the first look at the tables until the memory is touched, the unit is in one access, and flushes wait for it.</summary>
    private void Begin()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Rcu.Enter();
        _processor.BeginAccess();
    }

    private void End()
    {
        _processor.EndAccess();
        Rcu.Leave();
    }

    private static void Move(byte* memory, byte* buffer, nuint length, bool write)
    {
        byte* from = write ? buffer : memory;
        byte* to = write ? memory : buffer;

        // An aligned word is one access, as with hardware.
        if (length == sizeof(ulong) && ((nuint)memory & (sizeof(ulong) - 1)) == 0)
            Volatile.Write(ref Unsafe.AsRef<ulong>(to), Volatile.Read(ref Unsafe.AsRef<ulong>(from)));
        else if (length == sizeof(uint) && ((nuint)memory & (sizeof(uint) - 1)) == 0)
            Volatile.Write(ref Unsafe.AsRef<uint>(to), Volatile.Read(ref Unsafe.AsRef<uint>(from)));
        else
            NativeMemory.Copy(from, to, length);
    }

    private static FaultFlags ToFaultFlags(MmuAccess access)
        => ((access & MmuAccess.Write) != 0 ? FaultFlags.Write : FaultFlags.None)
            | ((access & MmuAccess.Execute) != 0 ? FaultFlags.Instruction : FaultFlags.None)
            | ((access & MmuAccess.User) != 0 ? FaultFlags.User : FaultFlags.None);
}
