using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Tests.Snapshots;

public class PointerNumbersTests
{
    [Theory]
    [InlineData("p", "p")]
    [InlineData("p + 1", "&p[1]")]
    [InlineData("p + 1", "1 + p")]
    [InlineData("p + i", "&p[i]")]
    [InlineData("p", "p + 0")]
    [InlineData("p", "0L + p")]
    [InlineData("p", "&p[0u]")]
    [InlineData("p", "&p[0ul]")]
    [InlineData("p", "&*p")]
    [InlineData("p - 1", "p - 1")]
    [InlineData("p", "(Pte*)(void*)p")]
    [InlineData("p", "(Pte*)(ulong)p")]
    [InlineData("&p->Value", "&(*p).Value")]
    [InlineData("&p[i].Value", "&(p + i)->Value")]
    [InlineData("p[i].Value", "(p + i)->Value")]
    [InlineData("*pp", "pp[0]")]
    [InlineData("**pp", "*pp[0]")]
    [InlineData("walk.Pte", "walk.Pte")]
    [InlineData("walk.Auto", "walk.Auto")]
    [InlineData("walk.Fixed", "walk.Fixed")]
    [InlineData("_field", "this._field")]
    [InlineData("s_field", "C.s_field")]
    [InlineData("cursor.Pte", "cursor.Pte")]
    [InlineData("fault->Pte", "(*fault).Pte")]
    [InlineData("array[i]", "array[i]")]
    [InlineData("PtepGet(p).Value", "PtepGet(p).Value", false)]
    [InlineData("i + j", "i + j")]
    [InlineData("(long)i", "(long)i")]
    [InlineData("1", "1")]
    [InlineData("&i", "&i")]
    [InlineData("p = q", "q")]
    [InlineData("pp[i] + 1", "&pp[i][1]")]
    [InlineData("p++", "p++", false)]
    [InlineData("++p", "++p", false)]
    [InlineData("p += 1", "p += 1", false)]
    [InlineData("Next(p)", "Next(p)", false)]
    [InlineData("new Walk()", "new Walk()", false)]
    [InlineData("Walk(i).Pte", "Walk(i).Pte", false)]
    [InlineData("Here(i).Pte", "There(i).Pte", false)]
    [InlineData("At(p)->Value", "At(p)->Value", false)]
    [InlineData("p", "q", false)]
    [InlineData("p + 1", "p - 1", false)]
    [InlineData("p + 1", "p + 2", false)]
    [InlineData("p + i", "p + j", false)]
    [InlineData("p + i", "q + i", false)]
    [InlineData("p + 1", "(ulong*)p + 1", false)]
    [InlineData("&p[1]", "p", false)]
    [InlineData("&p->Value", "p", false)]
    [InlineData("&pair->First", "&pair->Second", false)]
    [InlineData("&pair[0].Second", "&pair[1].Second", false)]
    [InlineData("*pp", "pp", false)]
    [InlineData("*pp", "*qq", false)]
    [InlineData("walk.Pte", "other.Pte", false)]
    [InlineData("walk.Pte", "walk.Auto", false)]
    [InlineData("walk.Pte", "_field", false)]
    [InlineData("s_field", "s_other", false)]
    [InlineData("array[i]", "array[j]", false)]
    [InlineData("array[i]", "more[i]", false)]
    [InlineData("i + j", "i - j", false)]
    [InlineData("i + j", "j + i", false)]
    [InlineData("i + j", "(long)i + j", false)]
    [InlineData("(byte)i", "i", false)]
    [InlineData("(byte)i", "(short)i", false)]
    [InlineData("1", "2", false)]
    [InlineData("&i", "&j", false)]
    public void Expressions_that_have_one_value_have_one_number(string left, string right, bool isSame = true)
    {
        var numbers = new Question($"var x = {left}; var y = {right};").Of(SnapshotState.Start);

        Assert.NotNull(numbers[0]);
        Assert.NotNull(numbers[1]);
        Assert.Equal(isSame, numbers[0] == numbers[1]);
    }

    [Theory]
    [InlineData("*(b ? &p : &q)")]
    [InlineData("walk.Computed")]
    [InlineData("walk.Volatile")]
    [InlineData("array[i, j]", "Pte*[,] array, int i, int j")]
    [InlineData("aliased")]
    [InlineData("p + aliased")]
    [InlineData("aliased + (long)p")]
    [InlineData("(byte)aliased")]
    [InlineData("entries[aliased]")]
    [InlineData("old | 1")]
    [InlineData("(Pte*)(ulong)old")]
    public void What_may_have_any_value_has_none(string expression, string? parameters = null)
    {
        Assert.Null(new Question($"aliased = &aliased == null ? 1 : 2; var x = {expression};", parameters).Of(SnapshotState.Start)[^1]);
    }

    [Theory]
    [InlineData("p", "p")]
    [InlineData("p", "q", false)]
    [InlineData("p", "Everything", false)]
    [InlineData("p", "Elements", false)]
    [InlineData("*pp", "Everything")]
    [InlineData("*pp", "Elements")]
    [InlineData("*pp", "pp")]
    [InlineData("*pp", "Pte", false)]
    [InlineData("array[i]", "Everything")]
    [InlineData("array[i]", "Elements")]
    [InlineData("array[i]", "i")]
    [InlineData("array[i]", "array")]
    [InlineData("walk.Pte", "Everything")]
    [InlineData("walk.Pte", "Walk.Pte")]
    [InlineData("walk.Pte", "walk")]
    [InlineData("walk.Pte", "Walk.Auto", false)]
    [InlineData("walk.Pte", "Elements", false)]
    [InlineData("walk.Auto", "Everything")]
    [InlineData("walk.Auto", "Walk.Auto")]
    [InlineData("walk.Fixed", "Everything", false)]
    [InlineData("walk.Fixed", "walk")]
    [InlineData("walk.OnlyRead", "Everything", false)]
    [InlineData("_field", "Everything")]
    [InlineData("_field", "C._field")]
    [InlineData("s_field", "Everything")]
    [InlineData("s_field", "C.s_field")]
    [InlineData("s_field", "C._field", false)]
    [InlineData("s_fixed", "Everything", false)]
    [InlineData("cursor.Pte", "Everything", false)]
    [InlineData("cursor.Pte", "cursor")]
    [InlineData("cursor.Pte", "Cursor.Pte")]
    [InlineData("cursorByReference.Pte", "Everything")]
    [InlineData("cursorByReference.Pte", "Elements")]
    [InlineData("cursorByReference.Pte", "Cursor.Pte")]
    [InlineData("byReference", "Everything")]
    [InlineData("byReference", "Elements")]
    [InlineData("fault->Pte", "Everything")]
    [InlineData("fault->Pte", "Fault.Pte")]
    [InlineData("fault->Pte", "fault")]
    [InlineData("walk.Cursor.Pte", "Everything")]
    [InlineData("walk.Cursor.Pte", "Cursor.Pte")]
    [InlineData("walk.Cursor.Pte", "Walk.Cursor")]
    [InlineData("1", "Everything", false)]
    public void A_value_is_another_when_what_it_comes_from_has_changed(string expression, string place, bool isAnother = true)
    {
        var question = new Question($"var x = {expression};");
        var changed = SnapshotState.Start.With(question.Place(place), question.Numbers.Leaf("changed"));

        Assert.Equal(isAnother, question.Of(SnapshotState.Start)[0] != question.Of(changed)[0]);
        Assert.Equal(isAnother, question.Of(changed)[0]!.Leaves.Contains("changed"));
    }

    [Theory]
    [InlineData("p + i", "i p")]
    [InlineData("*pp", "pp")]
    [InlineData("walk.Pte", "walk")]
    [InlineData("walk.Pte + i", "i walk")]
    [InlineData("array[i]", "array i")]
    [InlineData("s_field", "s_field")]
    [InlineData("_field", "C")]
    [InlineData("fault->Pte", "fault")]
    [InlineData("byReference", "byReference")]
    [InlineData("(byte)i", "i")]
    [InlineData("&p->Value", "p")]
    [InlineData("1", "")]
    public void A_value_comes_from_variables_and_not_from_memory(string expression, string roots)
    {
        var number = new Question($"var x = {expression};").Of(SnapshotState.Start)[0]!;

        Assert.Equal(roots, string.Join(' ', number.Roots.Select(root => ((ISymbol)root).Name).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("*p", "p")]
    [InlineData("p[i]", "p + i")]
    [InlineData("p[0]", "p")]
    [InlineData("p->Value", "&p->Value")]
    [InlineData("p[i].Value", "&(p + i)->Value")]
    [InlineData("PtepGet(p)", "p")]
    [InlineData("PtepGet(&p[i])", "p + i")]
    [InlineData("i", null)]
    [InlineData("Fresh()", null)]
    [InlineData("walk.Depth", null)]
    [InlineData("cursor.Index", null)]
    public void An_entry_is_where_the_pointer_points(string entry, string? address)
    {
        var question = new Question($"var x = {entry}; var y = {address ?? "p"};");
        var found = question.AddressOf(SnapshotState.Start);

        if (address is null)
            Assert.Null(found);
        else
            Assert.Same(question.Of(SnapshotState.Start)[1], found);
    }

    [Theory]
    [InlineData("i", " + j", 50)]
    [InlineData("walk", ".Next", 50)]
    public void Deep_expressions_are_given_up(string start, string step, int depth)
    {
        Assert.NotNull(new Question($"var x = {start}{string.Concat(Enumerable.Repeat(step, depth))};").Of(SnapshotState.Start)[0]);
        Assert.Null(new Question($"var x = {start}{string.Concat(Enumerable.Repeat(step, depth + 1))};").Of(SnapshotState.Start)[0]);
    }

    [Fact]
    public void Deep_addresses_are_given_up()
    {
        // Two steps each: what the pointer points to, and the pointer.
        Assert.NotNull(new Question($"var x = &deep{string.Concat(Enumerable.Repeat("->Next", 23))}->Value;").Of(SnapshotState.Start)[0]);
        Assert.Null(new Question($"var x = &deep{string.Concat(Enumerable.Repeat("->Next", 24))}->Value;").Of(SnapshotState.Start)[0]);
    }

    [Theory]
    [InlineData("int x = 0;", RefKind.None)]
    [InlineData("ref int x = ref i;", RefKind.Ref)]
    [InlineData("ref readonly int x = ref i;", RefKind.RefReadOnly)]
    public void A_local_may_be_a_reference(string declaration, RefKind kind) =>
        Assert.Equal(kind, PointerNumbers.RefKindOf(new Question(declaration).Variables.Single(v => v.Name == "x")));

    [Theory]
    [InlineData("int y", RefKind.None)]
    [InlineData("ref int y", RefKind.Ref)]
    [InlineData("in int y", RefKind.In)]
    [InlineData("out int y", RefKind.Out)]
    public void A_parameter_may_be_a_reference(string parameter, RefKind kind) =>
        Assert.Equal(kind, PointerNumbers.RefKindOf(new Question("int x = 0; y = x;", parameter).Variables.Single(v => v.Name == "y")));

    [Fact]
    public void What_is_no_variable_is_no_reference() => Assert.Equal(RefKind.None, PointerNumbers.RefKindOf(Declared.Member("int F;", "F")));

    /// <summary>The initializers of the locals of a method.</summary>
    private sealed class Question
    {
        private const string AllParameters = "Pte* p, Pte* q, Pte** pp, Pte** qq, int i, int j, bool b, Walk walk, Walk other, Cursor cursor, ref Cursor cursorByReference, ref Pte* byReference, Fault* fault, Pair* pair, Deep* deep, Pte*[] array, Pte*[] more, Pte old, Pte* entries";

        private readonly IOperation[] _initializers;
        private readonly PointerNumbers _pointers;
        private readonly Compilation _compilation;

        public Question(string statements, string? parameters = null)
        {
            var snippet = Snippet.Compile($$"""
                using static Paging;
                unsafe class C
                {
                    Pte* _field;
                    static Pte* s_field, s_other;
                    static readonly Pte* s_fixed;
                    static Pte* Next(Pte* p) => p;
                    static Pte Fresh() => default;
                    static Walk Walk(int n) => null;
                    static Cursor Here(int n) => default;
                    static Cursor There(int n) => default;
                    static Pte* At(Pte* p) => p;
                    void M({{parameters ?? AllParameters}}) { int aliased = 0; {{statements}} }
                }
                unsafe class Walk
                {
                    public Pte* Pte; public readonly Pte* Fixed; public volatile int Volatile; public int Depth; public Walk Next; public Cursor Cursor;
                    public Pte* Auto { get; set; }
                    public Pte* OnlyRead { get; }
                    public Pte* Computed => Pte;
                }
                unsafe struct Cursor { public Pte* Pte; public int Index; }
                unsafe struct Fault { public Pte* Pte; }
                struct Pair { public Pte First, Second; }
                unsafe struct Deep { public Deep* Next; public int Value; }
                """);
            _compilation = snippet.Compilation;
            var body = snippet.Method("M").Body;
            _pointers = new PointerNumbers(BodyFacts.Of(body), Numbers);
            _initializers = [.. body.Descendants().OfType<IVariableDeclaratorOperation>()
                .Where(d => d.Symbol.Name is "x" or "y").Select(d => d.GetVariableInitializer()!.Value)];
            Variables = [.. body.Descendants().Select(BodyFacts.Variable).OfType<ISymbol>(), .. body.Descendants().OfType<IVariableDeclaratorOperation>().Select(d => d.Symbol)];
            Variables = [.. Variables.Distinct(SymbolEqualityComparer.Default)];
        }

        public Numbers Numbers { get; } = new();

        public IReadOnlyList<ISymbol> Variables { get; }

        public List<Number?> Of(SnapshotState state) => [.. _initializers.Select(initializer => _pointers.Of(initializer, state))];

        public Number? AddressOf(SnapshotState state) => _pointers.AddressOf(_initializers[0].Unconverted(), state);

        public object Place(string name) => name switch
        {
            "Everything" => PointerNumbers.Everything,
            "Elements" => PointerNumbers.Elements,
            _ when name.Split('.') is [var type, var member] => _compilation.GetTypeByMetadataName(type)!.GetMembers(member).Single(),
            _ => (object?)Variables.FirstOrDefault(v => v.Name == name) ?? name,
        };
    }
}
