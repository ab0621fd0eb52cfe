using Legacy;
using Legacy.Guest;
using Legacy.Kernel;
using Legacy.Shadow;
using PteGuard;

const ulong Heap = 0x40_0000;
const ulong Stack = 0x7fff_0000;
const ulong NewHeap = 0x20_001e_0000;

using Arena arena = new(64 << 20);
long framesAtStart = arena.FreeFrames;

KernelScenario(new Swap());
ShadowScenario(new Swap());
GuestScenario();

Check.Equal(framesAtStart, arena.FreeFrames, "frames free at the end");
return Check.Summarize();

void KernelScenario(Swap swap)
{
    using Process shell = new(arena, swap);
    Region heap = shell.AddRegion("heap", Heap, pages: 600);
    Region stack = shell.AddRegion("stack", Stack, pages: 16);
    Scanner scanner = new(shell);
    FirstTouch(shell, heap, stack, scanner);
    ForkAndWrite(shell, heap, scanner);
    ChangeProtection(shell, stack, scanner);
    heap = MoveHeap(shell, heap, scanner);
    AgeAndSwap(shell, heap, swap, scanner);
    PinForDevice(shell, heap);
    Check.That(swap.SlotsInUse > 0, "some pages are still in swap");
    Unmapping.Unmap(shell, heap);
    Check.Equal(0, swap.SlotsInUse, "swap slots after unmapping");
    Title("unmap");
    Print("heap", scanner.Measure(heap.Start, heap.End));
}

void FirstTouch(Process shell, Region heap, Region stack, Scanner scanner)
{
    Title("first touch");
    for (int page = 0; page < 600; page += 3)
        Check.That(shell.Store(At(heap, page), (ulong)page), "the heap can be written");
    for (int page = 1; page < 600; page += 6)
        Check.Equal<ulong?>(0, shell.Load(At(heap, page)), "an untouched page reads as zero");
    Check.Equal(16, shell.Populate(stack.Start, stack.End), "pages populated");
    Check.That(!shell.Touch(0x1000, write: false), "address 0x1000 is a segmentation fault");

    Usage usage = scanner.Measure(heap.Start, heap.End);
    Check.Equal(300, usage.Present, "heap pages present");
    Check.Equal(200, usage.Dirty, "heap pages dirty");
    Print("heap", usage);
    Print("stack", scanner.Measure(stack.Start, stack.End));
    Print("faults", shell.Faults);
    Print("picture", scanner.Picture(heap.Start, heap.Start + 64 * Layout.PageSize));
}

void ForkAndWrite(Process shell, Region heap, Scanner scanner)
{
    Title("fork and copy on write");
    using Process child = Fork.Run(shell);
    Check.Equal(scanner.Measure(heap.Start, heap.End).Present, scanner.Measure(heap.Start, heap.End).Shared, "heap pages shared after fork");
    Print("before", scanner.Explain(At(heap, 3)));

    for (int page = 0; page < 90; page += 3)
        Check.That(child.Store(At(heap, page), 1000), "the child can write");
    for (int page = 0; page < 90; page += 3)
        Check.Equal<ulong?>((ulong)page, shell.Load(At(heap, page)), "the parent does not see the child's write");
    Check.Equal(30, child.Faults.Copied, "pages copied for the child");

    Check.That(shell.Store(At(heap, 3), 3), "the parent can write");
    Check.Equal(1, shell.Faults.Reused, "pages that the parent keeps");
    Check.Equal<ulong?>(1000, child.Load(At(heap, 3)), "the child keeps its copy");

    Print("child", new Scanner(child).Measure(heap.Start, heap.End));
    Print("parent", scanner.Measure(heap.Start, heap.End));
    Print("after", scanner.Explain(At(heap, 3)));
    Print("faults", child.Faults);
}

void ChangeProtection(Process shell, Region stack, Scanner scanner)
{
    Title("protect");
    for (int page = 0; page < 8; page++)
        shell.Store(At(stack, page), 7);
    int revoked = Protection.Protect(shell, stack, writable: false);
    Check.Equal(8, revoked, "entries that lost the write permission");
    Region locked = shell.FindRegion(stack.Start)!;
    Check.That(!shell.Store(At(locked, 2), 8), "a protected page cannot be written");
    Check.Equal<ulong?>(7, shell.Load(At(locked, 2)), "a protected page can be read");

    int granted = Protection.Protect(shell, locked, writable: true);
    Check.Equal(8, granted, "entries that regained the write permission");
    Check.That(shell.Store(At(stack, 12), 9), "the others regain it by a fault");
    Print("changed", $"{revoked} revoked, {granted} granted");
    Print("picture", scanner.Picture(stack.Start, stack.End));
}

Region MoveHeap(Process shell, Region heap, Scanner scanner)
{
    Title("remap");
    Region moved = Remapping.Move(shell, heap, NewHeap);
    Check.Equal(0, scanner.Measure(heap.Start, heap.End).Present, "entries left at the old place");
    Check.That(!shell.Touch(heap.Start, write: false), "the old place is a segmentation fault");
    for (int page = 3; page < 600; page += 3)
        Check.Equal<ulong?>((ulong)page, shell.Load(At(moved, page)), "content moved along");
    Print("old place", scanner.Measure(heap.Start, heap.End));
    Print("new place", scanner.Measure(moved.Start, moved.End));
    return moved;
}

void AgeAndSwap(Process shell, Region heap, Swap swap, Scanner scanner)
{
    Title("aging and swap");
    Aging aging = new(shell);
    int young = aging.Scan(heap);
    Check.That(young > 0, "pages were in use");
    Check.Equal(0, aging.Scan(heap), "pages in use since the scan before");
    for (int page = 0; page < 300; page += 3)
        shell.Touch(At(heap, page), write: false);

    int reclaimed = aging.Reclaim(heap);
    Check.Equal(reclaimed, swap.SlotsInUse, "slots in use");
    Print("young", young);
    Print("reclaimed", reclaimed);
    Print("picture", scanner.Picture(heap.Start + 270 * Layout.PageSize, heap.Start + 334 * Layout.PageSize));
    Print("page 303", scanner.Explain(At(heap, 303)));

    using Process child = Fork.Run(shell);
    Check.Equal<ulong?>(303, child.Load(At(heap, 303)), "the child reads from swap");
    for (int page = 303; page < 402; page += 3)
        Check.Equal<ulong?>((ulong)page, shell.Load(At(heap, page)), "content came back from swap");
    Print("faults", shell.Faults);
    Print("heap", scanner.Measure(heap.Start, heap.End));
}

void PinForDevice(Process shell, Region heap)
{
    Title("pin for a device");
    int pinned = 0;
    for (int page = 500; page < 520; page++)
    {
        if (Pinning.Pin(shell, At(heap, page), write: true) is not { } target)
            continue;
        target.Put();
        pinned++;
    }

    Check.Equal(20, pinned, "pages pinned");
    Check.That(Pinning.Pin(shell, 0x2000, write: false) is null, "an address without a region cannot be pinned");
    Print("faults", shell.Faults);
}

void ShadowScenario(Swap swap)
{
    Title("shadow tables");
    using Process process = new(arena, swap);
    using ShadowTable table = new(arena);
    ShadowMmu mmu = new(process, table);
    Region data = process.AddRegion("data", Heap, pages: 700);
    for (int page = 0; page < 700; page += 2)
        Check.That(mmu.Access(At(data, page), write: page % 4 == 0), "the process runs on its shadow");
    Check.Equal(0, mmu.Audit(data.Start, data.End), "shadow entries that disagree");
    Print("filled", $"{mmu.Fills} entries in {table.TableCount} tables, {mmu.Traps} traps");

    int armed = mmu.Rearm(data.Start, data.End);
    for (int page = 0; page < 100; page += 4)
        Check.That(mmu.Access(At(data, page), write: true), "a trapped page can be written");
    int dirty = mmu.Harvest(data.Start, data.End);
    Check.Equal(0, mmu.Harvest(data.Start, data.End), "dirty marks left after the harvest");
    Print("armed", $"{armed} entries, {mmu.Traps} traps, {dirty} dirty");

    int removed = 0;
    for (int page = 0; page < 700; page++)
        removed += table.Remove(At(data, page)) ? 1 : 0;
    Check.Equal(350, removed, "shadow entries removed");
    Check.Equal(0, table.TableCount, "shadow tables left");
    Print("process", new Scanner(process).Measure(data.Start, data.End));
}

void GuestScenario()
{
    const ulong Slot = 0x1_0000_0000;
    const int Pages = 640;

    Title("guest dirty log");
    using NestedTable tables = new(arena);
    GuestMemory memory = new(arena, tables);
    Vcpu vcpu = new(tables);
    DirtyLog log = new(tables, Slot, Pages);
    memory.AddSlot(Slot, Pages);
    for (int page = 0; page < Pages; page += 2)
        Check.That(vcpu.TryStore(Slot + (ulong)page * Layout.PageSize, (ulong)page), "the guest can write");
    Check.Equal(320, log.Collect(), "pages written before the log starts");

    log.Start();
    for (int page = 0; page < Pages; page += 5)
        vcpu.TryStore(Slot + (ulong)page * Layout.PageSize, (ulong)page + 1);
    int dirty = log.Collect();
    Check.Equal(128, dirty, "pages written since");
    Check.That(log.Contains(5) && !log.Contains(6), "the log names the pages");
    Print("dirty", $"{dirty} of {Pages} pages in round {log.Rounds}, {tables.TableCount} tables");

    int guarded = log.Protect();
    for (int page = 0; page < 32; page++)
    {
        ulong address = Slot + (ulong)page * Layout.PageSize;
        while (!vcpu.TryStore(address, 77))
            Check.That(log.OnWriteFault(address), "the write is noted and allowed");
    }

    Check.Equal(32, vcpu.Exits, "guest exits for first writes");
    Print("guarded", $"{guarded} pages, {vcpu.Exits} exits, {log.Collect()} dirty");

    int moved = memory.Relocate(Slot, 64);
    tables.Swap(Slot, Slot + 63 * Layout.PageSize);
    Check.That(vcpu.TryLoad(Slot + 63 * Layout.PageSize, out ulong value) && value == 77, "content followed its page");
    log.Start();
    int taken = memory.Inflate(Slot, 100);
    Check.That(!vcpu.TryLoad(Slot, out _), "a page given up is gone");
    Print("moved", $"{moved} pages, then {taken} given up to the balloon");
    foreach (string line in memory.Describe(Slot, Pages))
        Print("slot", line);
    Print("mapped", $"{tables.Count(EptEntry.Readable)} pages, {tables.Count(EptEntry.Readable | EptEntry.Writable)} writable");
}

static ulong At(Region region, int page) => region.Start + (ulong)page * Layout.PageSize;

static void Title(string text) => Console.WriteLine(text);

static void Print(string name, object value) => Console.WriteLine($"  {name,-10} {value}");
