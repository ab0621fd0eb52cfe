using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Facts;

namespace PteGuard.CodeFixes.Editing;

/// <summary>A document that may be edited, bound, with what its compilation says about page tables.</summary>
internal sealed class FixContext
{
    private FixContext(Document document, SyntaxNode root, SourceText text, SemanticModel model, EntryFacts facts, CancellationToken cancellationToken)
    {
        Document = document;
        Root = root;
        Text = text;
        Model = model;
        Facts = facts;
        CancellationToken = cancellationToken;
    }

    public Document Document { get; }

    public SyntaxNode Root { get; }

    public SourceText Text { get; }

    public SemanticModel Model { get; }

    public EntryFacts Facts { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>Null where nothing may be edited: generated code.</summary>
    public static async Task<FixContext?> CreateAsync(Document document, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (root is null || model is null || document is SourceGeneratedDocument || GeneratedCode.Is(document, root))
            return null;

        var text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
        var facts = EntryFacts.For(model.Compilation, document.Project.AnalyzerOptions, cancellationToken);
        return new FixContext(document, root, text, model, facts, cancellationToken);
    }
}
