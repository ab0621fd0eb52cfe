using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests;

public class AssemblyReferencesTests
{
    // What the compiler that we are built against needs itself is there wherever it runs.
    private static readonly string[] s_compilerHas = ["netstandard", "System.Collections.Immutable", "System.Memory", "System.Buffers", "System.Reflection.Metadata"];

    [Fact]
    public void The_analyzers_need_nothing_but_the_compiler() =>
        Assert.Empty(ReferencesOf(typeof(DirectEntryReadAnalyzer)).Except(s_compilerHas));

    [Fact]
    public void The_fixes_need_nothing_but_the_compiler_and_the_analyzers() =>
        Assert.Empty(ReferencesOf(typeof(DirectEntryReadFix)).Except([.. s_compilerHas, "PteGuard.Analyzers"]));

    private static List<string> ReferencesOf(Type type)
    {
        using var file = new PEReader(File.OpenRead(type.Assembly.Location));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Where(name => !name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))];
    }
}
