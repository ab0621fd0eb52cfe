using System.Diagnostics.CodeAnalysis;

namespace PteGuard;

/// <summary>Exceptions of hot paths, kept out of their code.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void ForeignPointer(string parameter)
        => throw new ArgumentException("The pointer must point into physical memory (a live page table or page, not a copy of an entry).", parameter);

    [DoesNotReturn]
    public static void NullPointer(string parameter)
        => throw new ArgumentNullException(parameter, "The pointer is null. A map may return null: test it before it is used.");

    [DoesNotReturn]
    public static void NotCanonical(string parameter, ulong address)
        => throw new ArgumentOutOfRangeException(parameter, $"0x{address:x}", "The virtual address must be one that hardware accepts: of 32 bits on x86 with PAE, elsewhere canonical, the bits above the translated ones repeating the highest of them.");

    [DoesNotReturn]
    public static void NotATable(string parameter, string level, ulong value)
        => throw new ArgumentException($"The {level} entry 0x{value:x} does not point to a table: test IsNone, IsLeaf and IsBad before going down.", parameter);

    [DoesNotReturn]
    public static void NotAligned(string parameter, ulong address, ulong unit)
        => throw new ArgumentException($"0x{address:x} must be a multiple of 0x{unit:x} bytes.", parameter);

    [DoesNotReturn]
    public static void DefaultLock()
        => throw new InvalidOperationException("This is no page-table lock: the map that was to give it returned null, so there is nothing to lock. Test the mapped pointer first.");

    [DoesNotReturn]
    public static void NoMmu(string what) => throw PteGuard.NoMmu.Refused(what);

    [DoesNotReturn]
    public static void NotMapped()
        => throw new InvalidOperationException("This thread has no page table mapped: each successful map is ended exactly once, by the thread that made it.");

    [DoesNotReturn]
    public static void InsideMapping(string what)
    {
        if (LocalIrq.IsOff)
            IrqsOff(what);
        throw new InvalidOperationException($"{what} waits for mapped page tables to be unmapped, and this thread has one mapped: unmap first.");
    }

    [DoesNotReturn]
    public static void IrqsOff(string what)
        => throw new InvalidOperationException($"{what} may wait for threads that have interrupts off, and this thread is one: LocalIrqRestore first.");

    [DoesNotReturn]
    public static void IrqsOn()
        => throw new InvalidOperationException("This thread has interrupts on: each LocalIrqSave is ended exactly once, by the thread that made it.");
}
