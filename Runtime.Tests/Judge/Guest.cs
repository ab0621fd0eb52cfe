using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PteGuard.Runtime.Tests;

/// <summary>
/// An emulated processor that runs one small program: it waits for a list of accesses, makes each through the tables that it is
/// given, with nothing in its TLB, and writes down which exception ended it. The program and its data lie in the first 2 MiB,
/// which the runtime never hands out.
/// </summary>
public abstract class Guest : IDisposable
{
    protected const ulong Command = 0x8000;
    protected const ulong Done = 0x8008;
    protected const ulong Root = 0x8010;
    protected const ulong Count = 0x8018;
    protected const ulong Parameters = 0x8040;
    protected const ulong Accesses = 0x10_0000;

    /// <summary>The bits of a physical address that may be turned over without leaving the runtime's unit of memory, and so the arena.</summary>
    protected const ulong InChunk = PhysicalMemory.ChunkBytes - PhysicalMemory.FrameSize;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Emulator? _emulator;
    private ulong _rounds;

    protected Guest(long memoryBytes, bool isBigEndian = false) => Memory = new GuestMemory(memoryBytes, isBigEndian);

    public GuestMemory Memory { get; }

    /// <summary>The second half of every 16 bytes of a data page: instructions that end in an exception and tell where they are. As a word.</summary>
    public abstract ulong CodeAt(ulong physical);

    /// <summary>What <see cref="GuestAccess.Value"/> is when those instructions have run.</summary>
    public abstract ulong ValueOfCodeAt(ulong physical);

    /// <summary>Whether an address belongs to the guest's own program.</summary>
    public virtual bool IsReserved(ulong address) => false;

    /// <summary>The address of the entry in the root table that is the guest's own; 0: none.</summary>
    public virtual ulong ReservedEntry(ulong root) => 0;

    /// <summary>
    /// The bits of an entry that a test may turn over without making it refer to memory that no arena has. Those of the frame only
    /// from the level down that may map memory and lies above the pmd: the tables of such entries are not to be met by other addresses.
    /// </summary>
    /// <param name="shift">The logarithm of what the entry covers.</param>
    /// <param name="isLeaf">Whether it maps memory, rather than refer to a table.</param>
    public abstract ulong FlippedBits(int shift, bool isLeaf);

    /// <summary>Whether an entry of the level of the pmd can map memory.</summary>
    public virtual bool HasHugePmd => true;

    /// <summary>Whether an entry of the level above the pmd can map memory.</summary>
    public virtual bool HasHugePud => true;

    /// <summary>The entry that maps memory at a level, made of one that does so at the level of the pmd.</summary>
    public virtual ulong HugeEntry(int shift, ulong pmd) => pmd;

    /// <summary>An entry on the way to a page that is for the kernel, where entries say so.</summary>
    /// <param name="shift">The logarithm of what the entry covers.</param>
    /// <param name="entry">The entry for a page of user code's.</param>
    public virtual ulong ToKernel(int shift, ulong entry) => entry;

    /// <summary>Whether the access went through.</summary>
    public abstract bool Succeeded(in GuestAccess access);

    /// <summary>Whether the processor reported a fault that is the one which our walk found.</summary>
    public abstract bool Reports(MmuFault fault, in GuestAccess access);

    /// <summary>Whether the emulator follows the manual in an access. If not, it is made a load.</summary>
    /// <param name="root">The physical address of the root table; the tables are in memory.</param>
    /// <param name="access">The access.</param>
    public virtual bool CanJudge(ulong root, in GuestAccess access) => true;

    /// <summary>Whether an entry may differ after the accesses, since the manual allows both, or the emulator is known not to follow it.</summary>
    /// <param name="shift">The logarithm of what the entry covers.</param>
    /// <param name="ours">What our walk left.</param>
    /// <param name="theirs">What the processor left.</param>
    public virtual bool MayDiffer(int shift, ulong ours, ulong theirs) => false;

    /// <summary>Makes accesses one after the other.</summary>
    /// <param name="root">The physical address of the root table.</param>
    /// <param name="accesses">Before: what to do. After: how it went.</param>
    public void Run(ulong root, Span<GuestAccess> accesses)
    {
        Assert.True(Accesses + ((ulong)accesses.Length * (ulong)Marshal.SizeOf<GuestAccess>()) <= 2 << 20, "too many accesses");
        Assert.NotNull(_emulator);
        Span<ulong> words = MemoryMarshal.Cast<GuestAccess, ulong>(accesses);
        PrepareRoot(root);
        Memory.Write(Accesses, words);
        Memory.Write(Root, RootRegister(root));
        Memory.Write(Count, (ulong)accesses.Length);
        Memory.Write(Command, ++_rounds);

        long start = Stopwatch.GetTimestamp();
        for (var wait = default(SpinWait); Memory.Read(Done) != _rounds; wait.SpinOnce())
        {
            if (_emulator.HasExited)
                throw new InvalidOperationException($"The emulator ended: {_emulator.Errors}");
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"The guest does not answer; done: {Memory.Read(Done)}, access {Memory.Read(Count)}.");
        }

        Memory.Read(Accesses, words);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What the processor's register for the root table is to hold.</summary>
    protected virtual ulong RootRegister(ulong root) => root;

    /// <summary>Puts the guest's own program into a root table.</summary>
    protected virtual void PrepareRoot(ulong root)
    {
    }

    /// <summary>Starts the emulator; the program is in memory.</summary>
    protected void Start(string binary, string machine, params ReadOnlySpan<string> more)
    {
        string[] arguments =
        [
            "-accel", "tcg,thread=single", "-nodefaults", "-no-user-config", "-display", "none", "-serial", "none", "-monitor", "none", "-no-reboot",
            "-object", $"memory-backend-file,id=ram,size={Memory.Size},mem-path={Memory.FilePath},share=on",
            "-machine", $"{machine},memory-backend=ram", "-m", $"{Memory.Size >> 20}M", .. more,
        ];
        _emulator = new Emulator(binary, arguments);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _emulator?.Dispose();
        Memory.Dispose();
    }
}
