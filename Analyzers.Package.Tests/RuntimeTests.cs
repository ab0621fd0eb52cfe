namespace PteGuard.Package.Tests;

/// <summary>PteGuard in a project that keeps its page tables in the runtime.</summary>
[Collection(nameof(PackedPackages))]
public sealed class RuntimeTests(PackedPackages packages)
{
    private const string Scanner = """
        public static unsafe class Scanner
        {
            public static bool IsDirty(Pmd* pmd, ulong address)
            {
                Pte* ptep = PteOffsetMap(pmd, address);
                bool dirty = ptep->IsPresent && ptep->IsDirty;
                PteUnmap(ptep);
                return dirty;
            }
        }

        """;

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void One_reference_brings_the_types_the_rules_and_unsafe_code(string framework)
    {
        var build = Project(framework).Build().Succeeded();

        Assert.Equal(2, build.Count("warning PTE0001"));
        Assert.Equal(1, build.Count("warning PTE0002"));
    }

    [Fact]
    public void Dotnet_format_makes_it_pass_with_warnings_as_errors()
    {
        var project = Project("net10.0");

        project.Dotnet("format", "analyzers", "--diagnostics", "PTE0001", "PTE0002").Succeeded();

        project.Build("-warnaserror").Succeeded();
    }

    [Fact]
    public void A_project_that_references_such_a_project_is_analyzed_too()
    {
        var library = Project("net10.0");
        var user = packages.NewProject()
            .References("PteGuard", properties: "<PteGuardMode>Error</PteGuardMode>", items: $"<ProjectReference Include=\"{Path.Combine(library.Folder, Path.GetFileName(library.Folder))}.csproj\" />")
            .Add("Reader.cs", "unsafe class Reader { ulong Frame(Pte* pte) => pte->Pfn; }\n");

        Assert.Equal(1, user.Build().Count("error PTE0001"));
    }

    [Fact]
    public void A_wrong_architecture_is_an_error_that_lists_the_right_ones()
    {
        var build = Project("net10.0", "<PteGuardArch>Pdp11</PteGuardArch>").Build();

        Assert.Equal(1, build.ExitCode);
        Assert.Contains("PteGuardArch is 'Pdp11'; it must be one of X86_64, X86_64La57, X86Pae, Arm64K4, Arm64K16, Arm64K64, RiscV64Sv39, RiscV64Sv48, RiscV64Sv57, S390X, NoMmu.", build.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Arm64K16")]
    [InlineData("S390X")]
    public void The_names_stand_for_the_architecture_that_the_project_chooses(string architecture)
        => packages.NewProject()
            .References("PteGuard", properties: $"<PteGuardArch>{architecture}</PteGuardArch>")
            .Add("Names.cs", $"static class Names {{ public static PteGuard.Pte<PteGuard.{architecture}> Empty => Pte.None; public static Mm Space() => new(); }}\n")
            .Build("-warnaserror")
            .Succeeded();

    [Fact]
    public void The_implicit_usings_can_be_turned_off()
    {
        packages.NewProject()
            .References("PteGuard", properties: "<PteGuardImplicitUsings>false</PteGuardImplicitUsings>")
            .Add("Pte.cs", "using Entry = PteGuard.Pte<PteGuard.X86_64>; class Pte { Entry _none = Entry.None; public override string ToString() => _none.ToString()!; }\n")
            .Build("-warnaserror")
            .Succeeded();
    }

    private UserProject Project(string framework, string properties = "") => packages.NewProject()
        .References("PteGuard", framework, properties)
        .Add("Scanner.cs", Scanner);
}
