namespace PteGuard.Samples.Journey;

/// <summary>Where things are: the repository, and the folders that the journey makes in its artifacts.</summary>
internal sealed class Place
{
    private Place(string repository)
    {
        Repository = repository;
        Root = Path.Combine(repository, "artifacts", "journey");
    }

    public string Repository { get; }

    public string Root { get; }

    public string Feed => Path.Combine(Root, "feed");

    /// <summary>The copy of samples/Legacy that is converted.</summary>
    public string Copy => Path.Combine(Root, "Legacy");

    public string Legacy => Path.Combine(Repository, "samples", "Legacy");

    public string ByHandPatch => Path.Combine(Repository, "samples", "Journey", "by-hand.patch");

    public static Place Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PteGuard.sln")))
                return new Place(folder.FullName);
        }

        throw new JourneyException("PteGuard.sln is in no folder above this program: run it from a checkout of the repository.");
    }

    public void MakeFresh()
    {
        if (Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);

        Directory.CreateDirectory(Feed);
        CopyFolder(Legacy, Copy);

        // Nothing of the repository's own build may reach the copy.
        foreach (var file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            File.WriteAllText(Path.Combine(Root, file), "<Project />\n");

        File.WriteAllText(Path.Combine(Root, "nuget.config"), """
            <configuration>
              <packageSources>
                <add key="pteguard" value="feed" />
              </packageSources>
            </configuration>
            """);
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));

        foreach (var folder in Directory.GetDirectories(from))
        {
            if (Path.GetFileName(folder) is not ("bin" or "obj") and var name)
                CopyFolder(folder, Path.Combine(to, name));
        }
    }
}
