using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers;

namespace PteGuard.Package.Tests;

/// <summary>The registry, the pages, the tables, the release files and the presets say the same.</summary>
public sealed partial class DocumentationTests
{
    private static readonly IReadOnlyList<DiagnosticAnalyzer> s_analyzers = Instances<DiagnosticAnalyzer>(typeof(PteGuardAnalyzer).Assembly);
    private static readonly IReadOnlyList<CodeFixProvider> s_fixes = Instances<CodeFixProvider>(Assembly.Load("PteGuard.CodeFixes"));

    private static readonly string[] s_documented = ["", "docs", "samples"];

    public static TheoryData<string> Rules => [.. Registry().Select(rule => rule.Id).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_rule_of_the_registry_has_exactly_one_analyzer()
    {
        var supported = s_analyzers.SelectMany(a => a.SupportedDiagnostics).Select(d => d.Id);

        Assert.Equal(Registry().Select(d => d.Id).Order(StringComparer.Ordinal), supported.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_fix_is_for_a_rule_and_offers_fix_all()
    {
        Assert.All(s_fixes, fix =>
        {
            Assert.Subset(Registry().Select(d => d.Id).ToHashSet(), fix.FixableDiagnosticIds.ToHashSet());
            var fixAll = Assert.IsAssignableFrom<FixAllProvider>(fix.GetFixAllProvider());
            Assert.Superset(new HashSet<FixAllScope> { FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution }, fixAll.GetSupportedFixAllScopes().ToHashSet());
        });
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rules_help_link_opens_its_page(string id)
    {
        var rule = Rule(id);

        Assert.Equal($"https://github.com/pteguard/pteguard/blob/main/docs/rules/{id}.md", rule.HelpLinkUri);
        Assert.True(File.Exists(Page(id)), $"docs/rules/{id}.md is missing");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rules_page_has_its_title_and_all_sections(string id)
    {
        var page = File.ReadAllLines(Page(id));

        Assert.Equal($"# {id}: {Rule(id).Title}", page[0]);
        foreach (var section in new[] { "## Why", "## Bad", "## Good", "## Options", "## When to suppress", "## Known limits" })
            Assert.Contains(section, page);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_tables_of_rules_list_the_rule(string id)
    {
        var rule = Rule(id);
        var hasFix = s_fixes.Any(fix => fix.FixableDiagnosticIds.Contains(id));
        var severity = rule.DefaultSeverity.ToString().ToLowerInvariant();

        Assert.Contains($"| [{id}](docs/rules/{id}.md) | {rule.Title} | {severity} | {(hasFix ? "yes" : "no")} |", File.ReadAllLines(Repository.PathTo("README.md")));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_release_files_list_the_rule(string id)
    {
        var rule = Rule(id);
        var lines = File.ReadLines(Repository.PathTo("Analyzers", "AnalyzerReleases.Unshipped.md"))
            .Concat(File.ReadLines(Repository.PathTo("Analyzers", "AnalyzerReleases.Shipped.md")));

        Assert.Contains($"{id} | {rule.Category} | {rule.DefaultSeverity} | [{rule.Title}]({rule.HelpLinkUri})", lines);
    }

    [Theory]
    [InlineData("Error", "error")]
    [InlineData("Strict", "error")]
    [InlineData("Off", "none")]
    public void A_preset_names_every_rule_it_is_for(string preset, string severity)
    {
        var expected = Registry()
            .Where(rule => preset != "Error" || rule.DefaultSeverity == DiagnosticSeverity.Warning)
            .Select(rule => $"dotnet_diagnostic.{rule.Id}.severity = {severity}");

        var lines = File.ReadLines(Repository.PathTo("Analyzers.Package", "configuration", $"PteGuard.{preset}.globalconfig"))
            .Where(line => line.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal));

        Assert.Equal(expected.Order(StringComparer.Ordinal), lines);
    }

    [Fact]
    public void No_page_is_for_a_rule_that_does_not_exist()
    {
        var pages = Directory.GetFiles(Repository.PathTo("docs", "rules"), "*.md").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(Registry().Select(d => d.Id).Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_link_between_files_is_broken()
    {
        var broken =
            from folder in s_documented
            from file in Directory.EnumerateFiles(Repository.PathTo(folder), "*.md", folder.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
            from Match link in LinkPattern().Matches(File.ReadAllText(file))
            let target = link.Groups["target"].Value
            where !target.StartsWith("http", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, target))
            select $"{Path.GetRelativePath(Repository.Root, file)}: {target}";

        Assert.Empty(broken);
    }

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex LinkPattern();

    private static string Page(string id) => Repository.PathTo("docs", "rules", id + ".md");

    private static DiagnosticDescriptor Rule(string id) => Registry().Single(d => d.Id == id);

    private static IEnumerable<DiagnosticDescriptor> Registry() => typeof(Descriptors)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null))
        .OfType<DiagnosticDescriptor>();

    private static IReadOnlyList<T> Instances<T>(Assembly assembly) =>
    [
        .. assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(T)) && !type.IsAbstract)
            .Select(type => (T)Activator.CreateInstance(type)!),
    ];
}
