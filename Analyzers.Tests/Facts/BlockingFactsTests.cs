using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Facts;

public sealed class BlockingFactsTests
{
    private const string Library = """
        using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.IO; using System.Threading; using System.Threading.Tasks; using PteGuard;
        interface IDisk { [MayBlock] void Sync(); void Peek(); int Left { [MayBlock] get; set; } }
        class Disk : IDisk
        {
            public void Sync() { }
            public virtual void Peek() { }
            [MayBlock] public virtual void Read() { }
            public int Left { get; set; }
            public int Size { [MayBlock] get; set; }
            public int Mode { get; [MayBlock] set; }
            [MayBlock] public static void Load<T>(T x) { }
            public static void Log() { }
            public int this[int i] { [MayBlock] get => 0; set { } }
        }
        class FastDisk : Disk { public override void Read() { } public override void Peek() { } }
        class OtherDisk { [Other.MayBlock] public void Sync() { } }
        class Memory : MemoryStream { public override void Flush() { } }
        class Device : Stream
        {
            public override int Read(byte[] buffer, int offset, int count) => 0;
            public override void Write(byte[] buffer, int offset, int count) { }
            public override void Flush() { }
            public override long Seek(long offset, SeekOrigin origin) => 0;
            public override void SetLength(long value) { }
            public override bool CanRead => true; public override bool CanWrite => true; public override bool CanSeek => true;
            public override long Length => 0; public override long Position { get; set; }
        }
        static class Extensions { [MayBlock] public static void Swap(this Disk disk) { } }
        namespace Other { class MayBlockAttribute : Attribute { } }
        namespace Abc { class Disk { public static int Ready { get; } public static void Write(int x) { } public static void Write() { } public void Trim<T>() { } public Disk() { } } interface ILog { void Put(); } class Log : ILog { public void Put() { } public void Get() { } } }
        """;

    [Theory]
    [InlineData("disk.Read();", "Call")]
    [InlineData("fast.Read();", "Call")]
    [InlineData("disk.Sync();", "Call")]
    [InlineData("fast.Sync();", "Call")]
    [InlineData("any.Sync();", "Call")]
    [InlineData("disk.Swap();", "Call")]
    [InlineData("Disk.Load(1);", "Call")]
    [InlineData("Disk.Load<string>(null);", "Call")]
    [InlineData("disk = new Disk();", "")]
    [InlineData("disk.Peek(); fast.Peek(); any.Peek(); Disk.Log();", "")]
    [InlineData("new OtherDisk().Sync();", "")]
    [InlineData("x = any.Left;", "Call")]
    [InlineData("x = disk.Left;", "Call")]
    [InlineData("disk.Left = 1;", "")]
    [InlineData("x = disk.Size;", "Call")]
    [InlineData("disk.Size = 1;", "")]
    [InlineData("disk.Size += 1;", "Call")]
    [InlineData("x = disk.Mode;", "")]
    [InlineData("disk.Mode = 1;", "Call")]
    [InlineData("disk.Mode |= 1;", "Call")]
    [InlineData("x = disk[0];", "Call")]
    [InlineData("disk[0] = 1;", "")]
    [InlineData("disk[0]++;", "Call")]
    [InlineData("s = nameof(disk.Size);", "")]
    [InlineData("Action a = disk.Read;", "")]
    [InlineData("[MayBlock] void Local() { } Local();", "Call")]
    public void What_is_marked_blocks(string body, string expected) => Assert.Equal(expected, Kinds(body));

    [Theory]
    [InlineData("Thread.Sleep(5);", "Call")]
    [InlineData("Thread.Sleep(TimeSpan.FromSeconds(1));", "Call")]
    [InlineData("Thread.Sleep(x);", "Call")]
    [InlineData("Thread.Sleep(0); Thread.Sleep(TimeSpan.Zero); Thread.Yield(); Thread.SpinWait(5);", "")]
    [InlineData("var spin = new SpinWait(); spin.SpinOnce();", "")]
    [InlineData("var spin = new SpinLock(); bool taken = false; spin.Enter(ref taken);", "")]
    [InlineData("task.Wait();", "Call")]
    [InlineData("b = task.Wait(0);", "")]
    [InlineData("x = task.Result;", "Call")]
    [InlineData("x = task.GetAwaiter().GetResult();", "Call")]
    [InlineData("x = task.ConfigureAwait(false).GetAwaiter().GetResult();", "Call")]
    [InlineData("Task.WaitAll(task, task);", "Call")]
    [InlineData("b = task.IsCompleted; Task.Run(() => 1).ContinueWith(t => 2); s = nameof(task.Result);", "")]
    [InlineData("Monitor.Enter(task);", "Lock")]
    [InlineData("b = Monitor.TryEnter(task, 5);", "Lock")]
    [InlineData("b = Monitor.TryEnter(task); bool c = false; Monitor.TryEnter(task, ref c); b = Monitor.TryEnter(task, 0); Monitor.Exit(task);", "")]
    [InlineData("Monitor.Wait(task);", "Call")]
    [InlineData("Monitor.PulseAll(task);", "")]
    [InlineData("mutex.WaitOne();", "Call")]
    [InlineData("b = mutex.WaitOne(0);", "")]
    [InlineData("mutex.ReleaseMutex();", "")]
    [InlineData("var l = new SemaphoreSlim(1); l.Wait();", "Call")]
    [InlineData("var l = new ReaderWriterLockSlim(); l.EnterReadLock();", "Call")]
    [InlineData("var l = new ReaderWriterLockSlim(); b = l.TryEnterReadLock(0); l.ExitReadLock();", "")]
    [InlineData("var q = new BlockingCollection<int>(); q.Add(1);", "Call")]
    [InlineData("var q = new BlockingCollection<int>(); b = q.TryTake(out x); b = q.TryAdd(5);", "")]
    [InlineData("var q = new BlockingCollection<int>(); b = q.TryTake(out x, 5);", "Call")]
    [InlineData("var q = new ConcurrentQueue<int>(); q.Enqueue(1); var l = new List<int>(); l.Add(1);", "")]
    [InlineData("GC.Collect();", "Call")]
    [InlineData("GC.KeepAlive(task);", "")]
    [InlineData("Console.WriteLine();", "Call")]
    [InlineData("Console.Out.WriteLine();", "Call")]
    [InlineData("s = File.ReadAllText(s);", "Call")]
    [InlineData("var f = new FileStream(s, FileMode.Open);", "Call")]
    [InlineData("stream.Flush();", "Call")]
    [InlineData("new Device().Write(null, 0, 0);", "Call")]
    [InlineData("x = stream.ReadByte();", "Call")]
    [InlineData("b = stream.CanRead; long n = stream.Position; var r = stream.ReadAsync(null, 0, 0);", "")]
    [InlineData("memory.Write(null, 0, 0); memory.Flush(); memory.CopyTo(stream); x = memory.ReadByte(); new Memory().Flush(); new Memory().CopyTo(stream);", "")]
    [InlineData("stream.CopyTo(memory);", "Call")]
    [InlineData("var w = new StringWriter(); w.Write(1); s = string.Concat(s, s); Path.Combine(s, s);", "")]
    [InlineData("Parallel.For(0, 5, i => { });", "Call")]
    [InlineData("System.Diagnostics.Process.GetCurrentProcess().WaitForExit();", "Call")]
    public void What_blocks_in_the_framework_is_known(string body, string expected) => Assert.Equal(expected, Kinds(body));

#if NEWEST_ROSLYN
    [Theory]
    [InlineData("new Lock().Enter();", "Lock")]
    [InlineData("using (new Lock().EnterScope()) { }", "Lock")]
    [InlineData("b = new Lock().TryEnter();", "")]
    [InlineData("lock (new Lock()) { }", "Lock")]
    public void The_new_lock_is_known_too(string body, string expected)
    {
        Assert.Equal(expected, Kinds(body));
        Assert.Equal(expected, LoweredKinds(body));
    }

    [Fact]
    public void Every_name_in_the_list_is_one_of_the_framework()
    {
        var compilation = Snippet.Compile("").Compilation;
        Assert.All(FrameworkBlocking.Lines.Select(line => line.TrimStart('!')), name =>
        {
            // The dot before the name, of which ".ctor" has one itself.
            var dot = name.EndsWith("..ctor", StringComparison.Ordinal) ? name.Length - "..ctor".Length : name.LastIndexOf('.');
            var type = compilation.GetTypeByMetadataName(name[..dot]);
            Assert.True(type is not null && (name.EndsWith(".*", StringComparison.Ordinal) || !type.GetMembers(name[(dot + 1)..]).IsEmpty), name);
        });
        Assert.Equal(FrameworkBlocking.Lines.Count, FrameworkBlocking.Lines.Distinct().Count());
    }
#endif

    // A graph knows no statements: it calls what they stand for.
    [Theory]
    [InlineData("await task;", "Await", "Await")]
    [InlineData("x = await task.ConfigureAwait(false);", "Await", "Await")]
    [InlineData("await foreach (var i in items) x += i;", "Await", "Await, Await")]
    [InlineData("await using (resource) { }", "Await", "Await")]
    [InlineData("await using var r = resource;", "Await", "Await")]
    [InlineData("lock (task) { }", "Lock", "Lock")]
    [InlineData("foreach (var i in new int[1]) x += i;", "", "")]
    [InlineData("using (memory) { }", "", "")]
    [InlineData("disk?.Read();", "Call", "Call")]
    [InlineData("x = b ? disk.Size : task.Result;", "Call, Call", "Call, Call")]
    public void Statements_block_as_such_and_as_a_graph_lowers_them(string body, string expected, string lowered)
    {
        Assert.Equal(expected, Kinds(body));
        Assert.Equal(lowered, LoweredKinds(body));
    }

    [Theory]
    [InlineData("Abc.Disk.Write", "Abc.Disk.Write(); Abc.Disk.Write(1);", "Call, Call")]
    [InlineData("Abc.Disk.Write, Abc.Other.*", "new Abc.Disk().Trim<int>(); x = Abc.Disk.Ready;", "")]
    [InlineData("Abc.Disk.*", "Abc.Disk.Write(1); new Abc.Disk().Trim<int>(); x = Abc.Disk.Ready;", "Call, Call")]
    [InlineData("Abc.Disk.Ready, Abc.Disk..ctor", "Abc.Disk.Write(1); new Abc.Disk().Trim<int>(); x = Abc.Disk.Ready;", "Call, Call")]
    [InlineData("Abc.ILog.*", "new Abc.Log().Put(); new Abc.Log().Get();", "Call")]
    [InlineData("Disk.Peek", "fast.Peek(); any.Peek();", "Call")]
    [InlineData("Extensions.Swap", "disk.Swap();", "Call")]
    [InlineData("*", "Abc.Disk.Write();", "")]
    public void What_the_options_name_blocks(string names, string body, string expected) =>
        Assert.Equal(expected, Kinds(body, new() { [OptionKeys.BlockingCalls] = names }));

    [Fact]
    public void A_method_itself_can_be_asked()
    {
        var snippet = Snippet.Compile(Library, new() { [OptionKeys.BlockingCalls] = "Disk.Log" });
        var methods = snippet.Compilation.GetTypeByMetadataName("Disk")!.GetMembers().OfType<IMethodSymbol>().Where(m => snippet.Facts.MayBlock(m, snippet.Tree));

        Assert.Equal(["Sync", "Read", "get_Left", "get_Size", "set_Mode", "Load", "Log", "get_Item"], methods.Select(m => m.Name));
    }

    private static string Kinds(string body, Dictionary<string, string>? options = null)
    {
        var (facts, operation) = Compile(body, options);
        return Join(facts, operation.BlockBody!.DescendantsAndSelf());
    }

    private static string LoweredKinds(string body)
    {
        var (facts, operation) = Compile(body, null);
        var blocks = ControlFlowGraph.Create(operation).Roots(operation.SemanticModel!.GetDeclaredSymbol(operation.Syntax)!).SelectMany(root => root.Graph.Blocks);
        return Join(facts, blocks.SelectMany(block => block.BranchValue is { } value ? block.Operations.Add(value) : block.Operations).SelectMany(o => o.DescendantsAndSelf()));
    }

    private static string Join(EntryFacts facts, IEnumerable<IOperation> operations) =>
        string.Join(", ", operations.Select(facts.Blocks).OfType<BlockingKind>());

    private static (EntryFacts Facts, IMethodBodyOperation Body) Compile(string body, Dictionary<string, string>? options)
    {
        const string Parameters = "Disk disk, FastDisk fast, IDisk any, Task<int> task, Mutex mutex, Stream stream, MemoryStream memory, IAsyncEnumerable<int> items, IAsyncDisposable resource, int x, bool b, string s";
        var snippet = Snippet.Compile($"{Library.Replace("interface IDisk", $"class Snippet {{ async Task M({Parameters}) {{ {body} }} }} interface IDisk", StringComparison.Ordinal)}", options);
        Assert.DoesNotContain(snippet.Compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error && d.Location.SourceTree == snippet.Tree);
        var method = snippet.Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().First();
        return (snippet.Facts, (IMethodBodyOperation)snippet.Compilation.GetSemanticModel(snippet.Tree).GetOperation(method)!);
    }
}
