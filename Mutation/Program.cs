using PteGuard.Mutation;

switch (args)
{
    case ["worker", string mutant]:
        return Worker.Run(Numbers.Whole(mutant));

    case ["make"]:
        return await MutantBuild.Make();

    case ["try", .. { Length: > 0 } rest]:
        return await Campaign.Run(rest);

    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project Mutation -- make
                     Has Stryker make the mutants of the analyzers, into artifacts/mutation.
                   dotnet run -c Release --project Mutation -- try <folder or file> ...
                     Tries those of Analyzers/<folder or file>, and writes artifacts/mutation/<folder or file>.md.
            """);
        return 2;
}
