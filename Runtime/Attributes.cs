// The contract's attributes are internal where PteGuard.Analyzers embeds them. Here, in the assembly
// that everybody shares, they are public.

namespace PteGuard;

public partial class PageTableEntryAttribute;
public partial class EntryPointerAttribute;
public partial class ArchitectureCodeAttribute;
public partial class UnpublishedTableAttribute;
public partial class DirectEntryAccessAttribute;
public partial class MapsEntryAttribute;
public partial class UnmapsEntryAttribute;
public partial class LockPointerAttribute;
public partial class ReadsEntryAttribute;
public partial class WritesEntryAttribute;
public partial class ComparesEntriesAttribute;
public partial class AcquiresLockAttribute;
public partial class ReleasesLockAttribute;
public partial class MayBlockAttribute;
public partial class ReplacedAttribute;
public partial class GuardedFieldAttribute;
