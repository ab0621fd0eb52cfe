using System.Text.RegularExpressions;

namespace PteGuard.Runtime.Tests;

public unsafe partial class GuideTests
{
    [Fact]
    public void The_samples_do_what_the_guide_says()
    {
        Assert.Equal(42UL, GuideSamples.Hello());
        Assert.Equal((1, 2), GuideSamples.ForkAndSwap());
        Assert.Equal(42, GuideSamples.Handle());

        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.False(GuideSamples.IsDirty(space.Mm, vma.Start));
        Assert.Equal(0, mmu.Load<int>(vma.Start));
        Assert.False(GuideSamples.IsDirty(space.Mm, vma.Start));
        Assert.True(GuideSamples.TryMarkDirty(space.Mm, space.Pmd, vma.Start));
        Assert.False(GuideSamples.TryMarkDirty(space.Mm, space.Pmd, vma.Start + TestSpace.Page));
        Assert.True(GuideSamples.IsDirty(space.Mm, vma.Start));
        mmu.Store(vma.Start + TestSpace.Page, 1);
        Assert.Equal(2, GuideSamples.WriteProtect(vma));
        Assert.True(GuideSamples.IsDirty(space.Mm, vma.Start + TestSpace.Page));
        Assert.False(space.PteAt(vma.Start + TestSpace.Page).IsWritable);
        Assert.Equal(CollapseResult.Succeeded, GuideSamples.Watch(space.Mm, vma.Start));
        Assert.Equal(1UL, mmu.Load<ulong>(vma.Start));
    }

    [Theory]
    [InlineData("GuideSamples.cs", "runtime-guide.md", 7)]
    [InlineData("WalkSamples.cs", "guide/walks-and-dumps.md", 3)]
    [InlineData("EmulatorSamples.cs", "guide/emulator.md", 2)]
    [InlineData("ShadowSamples.cs", "guide/shadow-paging.md", 2)]
    [InlineData("ForensicSamples.cs", "guide/forensics.md", 3)]
    public void The_guide_shows_the_code_that_is_tested(string file, string page, int count)
    {
        string samples = Text("Runtime.Tests", "Guide", file);
        string guide = Text("docs", page);
        MatchCollection regions = Region().Matches(samples);
        Assert.Equal(count, regions.Count);
        Assert.All(regions, region =>
        {
            string code = string.Join('\n', region.Groups["code"].Value.Split('\n').Select(line => line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : line));
            Assert.True(guide.Contains("```csharp\n" + code + "```", StringComparison.Ordinal), region.Groups["name"].Value);
        });
    }

    /// <summary>A file of the checkout, which a deterministic build does not know by its path.</summary>
    private static string Text(params string[] path)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "PteGuard.sln")))
            root = Path.GetDirectoryName(root);
        Assert.NotNull(root);
        return File.ReadAllText(Path.Combine([root, .. path])).ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"    #region (?<name>\w+)\n(?<code>.*?)    #endregion", RegexOptions.Singleline)]
    private static partial Regex Region();
}
