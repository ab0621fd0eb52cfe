namespace PteGuard.Package.Tests;

/// <summary>PteGuard.Analyzers in a project that has page tables of its own.</summary>
[Collection(nameof(PackedPackages))]
public sealed class OwnTypesTests(PackedPackages packages)
{
    private const string Unsafe = "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>";

    private const string Paging = """
        using PteGuard;

        [PageTableEntry(typeof(Paging), Read = nameof(Paging.Get), Write = nameof(Paging.Set))]
        public struct Entry
        {
            public ulong Value;
        }

        public static unsafe class Paging
        {
            public static Entry Get(Entry* entry)
            {
                return new Entry { Value = System.Threading.Volatile.Read(ref entry->Value) };
            }

            public static void Set(Entry* entry, Entry value)
            {
                System.Threading.Volatile.Write(ref entry->Value, value.Value);
            }
        }

        """;

    private const string Walker = """
        public static unsafe class Walker
        {
            public static bool IsPresent(Entry* entry)
            {
                return (entry->Value & 1) != 0;
            }

            public static void Copy(Entry* to, Entry* from)
            {
                *to = *from;
            }
        }

        """;

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    [InlineData("netstandard2.0")]
    public void A_build_warns(string framework)
    {
        var build = Project(framework).Build().Succeeded();

        Assert.Equal(2, build.Count("warning PTE0001"));
        Assert.Equal(1, build.Count("warning PTE0004"));
        Assert.DoesNotContain("CS0436", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_as_errors_fail_the_build()
    {
        var build = Project().Build("-warnaserror");

        Assert.Equal(1, build.ExitCode);
        Assert.Equal(2, build.Count("error PTE0001"));
    }

    [Theory]
    [InlineData("Warn", 0, "warning PTE0001", 2)]
    [InlineData("Error", 1, "error PTE0001", 2)]
    [InlineData("error", 1, "error PTE0004", 1)]
    [InlineData("Strict", 1, "error PTE0004", 1)]
    [InlineData("Off", 0, "warning PTE0001", 0)]
    public void The_mode_sets_the_severities(string mode, int exitCode, string report, int count)
    {
        var build = Project().Build($"-p:PteGuardMode={mode}");

        Assert.True(exitCode == build.ExitCode, build.Output);
        Assert.Equal(count, build.Count(report));
    }

    [Fact]
    public void A_wrong_mode_is_an_error_that_lists_the_right_ones()
    {
        var build = Project().Build("-p:PteGuardMode=Loud");

        Assert.Equal(1, build.ExitCode);
        Assert.Contains("PteGuardMode is 'Loud'; it must be one of Warn, Error, Strict, Off.", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_editorconfig_has_the_last_word_on_a_severity()
    {
        var build = Project()
            .Add(".editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.PTE0001.severity = none\n")
            .Build("-p:PteGuardMode=Error");

        Assert.Equal(0, build.Count("error PTE0001"));
        Assert.Equal(1, build.Count("error PTE0004"));
    }

    [Theory]
    [InlineData("net10.0")]
    [InlineData("net8.0;net10.0")]
    public void Dotnet_format_fixes_everything_in_one_pass(string framework)
    {
        var project = Project(framework);

        project.Dotnet("format", "analyzers", "--diagnostics", "PTE0001", "PTE0004").Succeeded();

        var build = project.Build("-warnaserror").Succeeded();
        var fixedText = File.ReadAllText(Path.Combine(project.Folder, "Walker.cs"));
        Assert.Contains("return (Paging.Get(entry).Value & 1) != 0;", fixedText, StringComparison.Ordinal);
        Assert.Contains("Paging.Set(to, Paging.Get(from));", fixedText, StringComparison.Ordinal);
        Assert.DoesNotContain("Unmerged change", fixedText, StringComparison.Ordinal);
        Assert.Equal(0, build.Count("PTE0001"));
    }

    [Fact]
    public void Raw_pointers_are_known_by_editorconfig()
    {
        var build = packages.NewProject()
            .References("PteGuard.Analyzers", properties: Unsafe)
            .Add("Mmu.cs", "unsafe class Mmu { ulong Entry(ulong* table, int i) => table[i]; }\n")
            .Add(".editorconfig", "root = true\n[Mmu.cs]\npteguard.raw_entry_pointers = ulong*\n")
            .Build()
            .Succeeded();

        Assert.Equal(1, build.Count("warning PTE0001"));
    }

    [Fact]
    public void A_wrong_key_is_reported()
    {
        var build = Project().Add(".editorconfig", "root = true\n[*.cs]\npteguard.entry_typos = Entry\n").Build();

        Assert.Equal(1, build.Count("warning PTE9001"));
    }

    [Fact]
    public void Attributes_that_the_project_brings_itself_are_left_alone()
    {
        using var package = packages.Open("PteGuard.Analyzers");
        using var reader = new StreamReader(package.GetEntry("contract/PteGuard.Attributes.cs")!.Open());

        var build = Project(properties: "<PteGuardEmbedAttributes>false</PteGuardEmbedAttributes>")
            .Add("MyAttributes.cs", reader.ReadToEnd())
            .Build()
            .Succeeded();

        Assert.Equal(2, build.Count("warning PTE0001"));
    }

    [Fact]
    public void The_attributes_compile_as_the_oldest_language()
    {
        Project("netstandard2.0", properties: "<LangVersion>7.3</LangVersion>").Build().Succeeded();
    }

    [Theory]
    [InlineData("net10.0")]
    [InlineData("netstandard2.0")]
    public void Friends_that_both_embed_the_attributes_do_not_see_each_others(string framework)
    {
        var library = Project(framework).Add("Friends.cs", "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Friend\")]\n");
        var friend = packages.NewProject()
            .References("PteGuard.Analyzers", framework, Unsafe + "<AssemblyName>Friend</AssemblyName>", ReferenceTo(library))
            .Add("Mine.cs", "[PteGuard.PageTableEntry] public struct Mine { public ulong Value; }\n");

        friend.Build("-p:PteGuardMode=Off", "-warnaserror").Succeeded();
    }

    [Fact]
    public void A_friend_on_the_runtime_sees_only_the_runtimes_attributes()
    {
        var library = Project().Add("Friends.cs", "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Friend\")]\n");

        packages.NewProject()
            .References("PteGuard", properties: "<AssemblyName>Friend</AssemblyName>", items: ReferenceTo(library))
            .Add("Mine.cs", "[PteGuard.PageTableEntry] public struct Mine { public ulong Value; }\n")
            .Build("-p:PteGuardMode=Off", "-warnaserror")
            .Succeeded();
    }

    private static string ReferenceTo(UserProject library) =>
        $"<ProjectReference Include=\"{Path.Combine(library.Folder, Path.GetFileName(library.Folder))}.csproj\" />";

    private UserProject Project(string framework = "net10.0", string properties = "") => packages.NewProject()
        .References("PteGuard.Analyzers", framework, Unsafe + properties)
        .Add("Paging.cs", Paging)
        .Add("Walker.cs", Walker);
}
