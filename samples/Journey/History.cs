namespace PteGuard.Samples.Journey;

/// <summary>The copy under git, as a user's code is: what the fixes did is a diff, what a person does is a patch.</summary>
internal sealed class History(string folder)
{
    public void Begin()
    {
        File.WriteAllText(Path.Combine(folder, ".gitignore"), "bin/\nobj/\n");
        Git("init", "--quiet");
        Git("add", "--all");
        Git("-c", "user.name=Journey", "-c", "user.email=journey@example.invalid", "commit", "--quiet", "--message", "As it was");
    }

    public string Diff() => Git("diff", "--no-color", "--no-ext-diff");

    public void Apply(string patch) => Git("apply", patch);

    private string Git(params string[] arguments) => Shell.Run(folder, "git", arguments).OrFail($"git {arguments[0]}").Output;
}
