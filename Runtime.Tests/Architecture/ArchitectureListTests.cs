using System.Text.RegularExpressions;

namespace PteGuard.Runtime.Tests;

public class ArchitectureListTests
{
    /// <summary>What a project may choose is what there is.</summary>
    [Fact]
    public void Every_architecture_can_be_chosen_by_a_project_and_no_other()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "PteGuard.sln")))
            directory = Path.GetDirectoryName(directory)!;
        string targets = File.ReadAllText(Path.Combine(directory, "Runtime", "build", "PteGuard.targets"));
        string[] listed = Regex.Match(targets, "<_PteGuardArchs>;(.*);</_PteGuardArchs>").Groups[1].Value.Split(';');
        IEnumerable<string> present = typeof(X86_64).Assembly.GetExportedTypes()
            .Where(static type => type.IsValueType && type.GetInterfaces().Any(static one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IArchitecture<>)))
            .Select(static type => type.Name);
        Assert.Equal(present.Order(), listed.Order());
    }
}
