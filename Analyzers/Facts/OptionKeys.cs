using System.Collections.Immutable;

namespace PteGuard.Analyzers.Facts;

/// <summary>The keys of .editorconfig that the rules understand.</summary>
internal static class OptionKeys
{
    public const string Prefix = "pteguard.";
    public const string EntryTypes = Prefix + "entry_types";
    public const string RawEntryPointers = Prefix + "raw_entry_pointers";
    public const string EntryPointerNames = Prefix + "entry_pointer_names";
    public const string ReadAccessor = Prefix + "read_accessor";
    public const string WriteAccessor = Prefix + "write_accessor";
    public const string ModifyAccessor = Prefix + "modify_accessor";
    public const string Mappers = Prefix + "mappers";
    public const string BlockingCalls = Prefix + "blocking_calls";
    public const string ArchitectureCode = Prefix + "architecture_code";
    public const string UnpublishedTables = Prefix + "unpublished_tables";
    public const string ReportGenerated = Prefix + "report_generated";
    public const string ExceptionPaths = Prefix + "exception_paths";

    public static readonly ImmutableArray<string> All = ImmutableArray.Create(
        EntryTypes, RawEntryPointers, EntryPointerNames, ReadAccessor, WriteAccessor, ModifyAccessor,
        Mappers, BlockingCalls, ArchitectureCode, UnpublishedTables, ReportGenerated, ExceptionPaths);
}
