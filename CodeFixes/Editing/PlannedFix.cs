using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace PteGuard.CodeFixes.Editing;

/// <summary>One edit that settles one or more reports of a document.</summary>
/// <param name="Reports">Where the reports stand that it settles; the first is the one it is ordered by.</param>
/// <param name="Title">What a user is offered.</param>
/// <param name="Key">The kind of action: fix-all applies all edits of one kind.</param>
/// <param name="Apply">Adds the edit to the document's.</param>
internal sealed record PlannedFix(ImmutableArray<TextSpan> Reports, string Title, string Key, Action<TreeEdits> Apply);
