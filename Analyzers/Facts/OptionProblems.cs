using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>What is wrong with the keys in force for one file, in this compilation.</summary>
internal static class OptionProblems
{
    public static IEnumerable<OptionProblem> Of(FileOptions options, Compilation compilation)
    {
        foreach (var problem in options.Problems)
            yield return problem;

        if (OfAccessor(compilation, OptionKeys.ReadAccessor, options.ReadAccessor, AccessorForm.Read, "E Read(E*)") is { } read)
            yield return read;
        if (OfAccessor(compilation, OptionKeys.WriteAccessor, options.WriteAccessor, AccessorForm.Write, "void Write(E*, E)") is { } write)
            yield return write;
        if (OfAccessor(compilation, OptionKeys.ModifyAccessor, options.ModifyAccessor, AccessorForm.ModifyMasks, "E Modify(E*, E clear, E set)") is { } modify)
            yield return modify;
    }

    /// <summary>A name that this compilation does not know is no problem: one .editorconfig serves many projects.</summary>
    private static OptionProblem? OfAccessor(Compilation compilation, string key, string? name, AccessorForm form, string shape)
    {
        if (name is null)
            return null;

        var dot = name.LastIndexOf('.');
        if (compilation.GetTypeByMetadataName(name.Substring(0, dot)) is not { } type)
            return null;

        var isKnown = false;
        foreach (var member in type.GetMembers(name.Substring(dot + 1)))
        {
            if (member is IMethodSymbol method && Accessor.IsPossible(method, form))
                return null;

            isKnown = true;
        }

        return isKnown ? new(key, $"names '{name}', which has an impossible signature for an accessor: it would be like '{shape}'") : null;
    }
}
