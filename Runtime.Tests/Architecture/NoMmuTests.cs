using System.Reflection;

namespace PteGuard.Runtime.Tests;

public unsafe class NoMmuTests
{
    /// <summary>What is left without an MMU.</summary>
    private static readonly string[] s_left = ["get_Name", "get_PageShift", "get_HasMmu", "HugePtepClearFlush"];

    private static string Refused(Action action)
    {
        string message = Assert.Throws<NotSupportedException>(action).Message;
        Assert.Contains("without an MMU there are no page tables", message, StringComparison.Ordinal);
        return message;
    }

    [Fact]
    public void An_address_space_is_refused()
    {
        using var arena = new Arena(2 << 20);
        Assert.StartsWith("An address space: ", Refused(() => _ = new Mm<NoMmu>(arena)), StringComparison.Ordinal);
        Assert.Equal(arena.FrameCount, arena.FreeFrames);
    }

    [Fact]
    public void Every_operation_of_the_architecture_is_refused_by_name()
    {
        InterfaceMapping map = typeof(NoMmu).GetInterfaceMap(typeof(IArchitecture<NoMmu>));
        Assert.True(map.InterfaceMethods.Length > 100);
        for (int i = 0; i < map.InterfaceMethods.Length; i++)
        {
            MethodInfo method = map.InterfaceMethods[i];
            if (Array.IndexOf(s_left, method.Name) >= 0)
                continue;
            Assert.True(map.TargetMethods[i]?.DeclaringType == typeof(NoMmu), $"NoMmu inherits {method.Name}");
            object?[] arguments = Array.ConvertAll(method.GetParameters(), Zero);
            Exception? thrown = Assert.Throws<TargetInvocationException>(() => map.TargetMethods[i].Invoke(null, arguments)).InnerException;
            Assert.StartsWith(method.Name.Replace("get_", "", StringComparison.Ordinal) + ": ", Assert.IsType<NotSupportedException>(thrown).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Operations_through_pointers_are_refused_and_leave_no_section_open()
    {
        ulong cell = 0x123;
        var entry = (nint)(&cell);
        Refused(() => PageTable.PtepGet((Pte<NoMmu>*)entry));
        Refused(() => PageTable.SetPte((Pte<NoMmu>*)entry, default));
        Refused(() => PageTable.PtepModify((Pte<NoMmu>*)entry, static pte => pte));
        Refused(() => PageTable.PteOffsetMap((Pmd<NoMmu>*)entry, 0));
        Refused(() => PageTable.PteOffsetMapLock(null!, (Pmd<NoMmu>*)entry, 0, out _));
        Refused(() => PageTable.PteUnmap((Pte<NoMmu>*)entry));
        Refused(() => PageTable.PmdpModify((Pmd<NoMmu>*)entry, static pmd => default));
        Refused(() => PageTable.PudpModify((Pud<NoMmu>*)entry, static pud => default));
        Refused(() => PageTable.P4dpModify((P4d<NoMmu>*)entry, static p4d => default));
        Refused(() => PageTable.PgdpModify((Pgd<NoMmu>*)entry, static pgd => default));
        Refused(() => PageTable.PmdpHugeGetAndClear(null!, 0, (Pmd<NoMmu>*)entry));
        Refused(() => PageTable.PmdClearBad((Pmd<NoMmu>*)entry));
        Refused(() => PageTable.SetPud((Pud<NoMmu>*)entry, default));
        Refused(() => PageTable.SetP4d((P4d<NoMmu>*)entry, default));
        Refused(() => PageTable.SetPgd((Pgd<NoMmu>*)entry, default));
        Assert.StartsWith("PudpGet: ", Refused(() => PageTable.PudpGet((Pud<NoMmu>*)entry)), StringComparison.Ordinal);
        Refused(() => PageTable.P4dpGet((P4d<NoMmu>*)entry));
        Refused(() => PageTable.PgdpGet((Pgd<NoMmu>*)entry));
        Refused(() => PageTable.MkPte<NoMmu>(default, default));
        Refused(() => _ = Pte<NoMmu>.None);
        Refused(() => _ = default(Pte<NoMmu>).IsPresent);
        Refused(() => Pte<NoMmu>.FromSwpEntry(new SwpEntry(1, 1)));
        Assert.False(ReadSection.IsOpen);
        Assert.Equal(0x123UL, cell);
        Misuse.Done();
    }

    [Fact]
    public void An_entry_is_read_and_written_directly()
    {
        Pte<NoMmu> cell = default;
        Pte<NoMmu>* ptep = &cell;
        *ptep = new Pte<NoMmu>(0x42);
        Assert.Equal(0x42UL, ptep->Value);
        Assert.Equal(("pte 0x42", "pmd 0x0", "pud 0x0"), (ptep->ToString(), default(Pmd<NoMmu>).ToString(), default(Pud<NoMmu>).ToString()));
    }

    [Fact]
    public void The_stub_reads_and_clears_nothing_and_with_an_MMU_it_clears()
    {
        var cell = new Pte<NoMmu>(0x42);
        Assert.Equal(0x42UL, PageTable.HugePtepClearFlush(null, 0, &cell).Value);
        Assert.Equal(0x42UL, cell.Value);

        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        Pte<X86_64>* ptep = PageTable.GetLockedPte(space.Mm, TestSpace.Start, out PtLock ptl);
        Pte<X86_64> huge = PageTable.PfnPte(0x200UL, Pgprot<X86_64>.Of(VmFlags.Read)).MkSpecial();
        PageTable.SetPte(ptep, huge);
        var entry = (nint)ptep;
        Assert.Equal("vma", Assert.Throws<ArgumentNullException>(() => PageTable.HugePtepClearFlush(null, TestSpace.Start, (Pte<X86_64>*)entry)).ParamName);
        Assert.Equal(huge.Value, PageTable.HugePtepClearFlush(vma, TestSpace.Start, ptep).Value);
        Assert.True(PageTable.PtepGet(ptep).IsNone);
        PageTable.PteUnmapUnlock(ptep, ptl);
    }

    private static object? Zero(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        if (type.IsPointer || type.IsByRef)
            return null;
        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }
}
