using System.Threading;

namespace Evaluation;

/// <summary>What the fixes write for raw entries; nothing of the projects calls it before.</summary>
internal static unsafe class Paging
{
    public static ulong Read(ulong* entry) => Volatile.Read(ref *entry);

    public static void Write(ulong* entry, ulong value) => Volatile.Write(ref *entry, value);

    public static ulong Update(ulong* entry, ulong clear, ulong set)
    {
        ulong old = Read(entry);
        while (true)
        {
            ulong seen = Interlocked.CompareExchange(ref *entry, (old & ~clear) | set, old);
            if (seen == old)
                return old;

            old = seen;
        }
    }
}
