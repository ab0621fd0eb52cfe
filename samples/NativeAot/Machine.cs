namespace PteGuard.Samples.NativeAot;

/// <summary>A small machine of one architecture. The compiler makes one of it for each that the program names.</summary>
internal static class Machine<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Start = 1UL << 30;

    /// <summary>Maps memory, touches it, changes its protection, and prints the tables; returns how many answers were wrong.</summary>
    public static int Run()
    {
        using var arena = new Arena(32 << 20);
        using var mm = new Mm<TArch>(arena);
        using var mmu = new SoftMmu<TArch>(mm);
        ulong page = 1UL << TArch.PageShift;
        ulong huge = 1UL << TArch.PmdShift;

        mm.Mmap(Start, 8 * page, VmFlags.Read | VmFlags.Write);
        for (ulong i = 0; i < 4; i++)
            mmu.Store(Start + (i * page), i + 1);
        mm.Mprotect(Start + page, page, VmFlags.Read);
        mm.Mmap(Start + huge, huge, VmFlags.Read | VmFlags.Write);
        int wrong = mm.MapHuge(Start + huge) ? 0 : 1;
        mmu.Store(Start + (2 * huge) - 8, 99UL);

        ulong sum = 0;
        for (ulong i = 0; i < 8; i++)
            sum += mmu.Load<ulong>(Start + (i * page));
        wrong += sum == 10 ? 0 : 1;
        wrong += mmu.Write(Start + page, [1]) == VmFault.SigSegv ? 0 : 1;
        wrong += mmu.Load<ulong>(Start + (2 * huge) - 8) == 99 ? 0 : 1;

        PageTableDump dump = PageTableDump.Of(mm);
        dump.ToText(Console.Out);
        using var json = new MemoryStream();
        dump.ToJson(json);
        using var picture = new StringWriter();
        dump.ToSvg(picture);
        Console.WriteLine($"{json.Length} bytes of JSON, {picture.ToString().Length} characters of SVG");
        return wrong;
    }
}
