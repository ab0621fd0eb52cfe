using System.Globalization;
using System.Text;

namespace PteGuard.Agreement.Tests.Programs;

/// <summary>Programs as methods in C#, with a probe before each statement or without any.</summary>
internal sealed class Renderer
{
    private readonly StringBuilder _text = new();
    private readonly PageProgram _program;
    private readonly bool _probed;
    private readonly Dictionary<int, Node> _declaredAt = [];

    private Renderer(PageProgram program, bool probed)
    {
        _program = program;
        _probed = probed;
    }

    public static string Render(PageProgram program, string name, bool probed)
    {
        var renderer = new Renderer(program, probed);
        renderer.Method(name);
        return renderer._text.ToString();
    }

    private static string Pointer(int variable) => "pqr"[variable].ToString();

    private static string Lock(int variable) => Pointer(variable) + "l";

    private static string Address(int variable) => string.Create(CultureInfo.InvariantCulture, $"World.Addr + {variable}");

    private void Method(string name)
    {
        Line(1, $"public static int {name}(World w, int input)");
        Line(1, "{");
        for (int variable = 0; variable < PageProgram.Variables; variable++)
        {
            if (!_program.All.Any(node => node.Mentions(variable)))
                continue;
            bool startsNull = _program.StartsNull.Contains(variable);
            if (!startsNull && FindDeclaration(_program.Nodes, variable) is { } map)
            {
                _declaredAt[variable] = map;
                continue;
            }

            Line(2, $"Pte* {Pointer(variable)}{(startsNull ? " = null" : "")};");
            if (_program.All.Any(node => UsesLock(node, variable)))
                Line(2, $"PtLock {Lock(variable)}{(startsNull ? " = default" : "")};");
        }

        for (int flag = 0; flag < PageProgram.Flags; flag++)
        {
            if (_program.All.Any(node => node.Kind == NodeKind.SetFlag && node.Number == flag || node.Test is { Kind: TestKind.Flag } test && test.Number == flag))
                Line(2, $"bool f{flag} = false;");
        }

        for (int snapshot = 0; snapshot < PageProgram.Snapshots; snapshot++)
        {
            if (_program.All.Any(node => node.Kind == NodeKind.Snapshot && node.Number == snapshot || node.Test is { Kind: TestKind.Same } test && test.Number == snapshot))
                Line(2, $"Pte s{snapshot};");
        }

        Statements(_program.Nodes, 2);
        Line(2, "return 0;");
        Line(1, "}");
    }

    /// <summary>The map that can declare its variable: the first that mentions it, in a list that holds all the others.</summary>
    private Node? FindDeclaration(List<Node> nodes, int variable)
    {
        List<Node> mentioning = [.. nodes.Where(node => node.WithAllInside().Any(inner => inner.Mentions(variable)))];
        return mentioning switch
        {
            [{ Kind: NodeKind.Map } map, ..] when map.A == variable && !_program.All.Any(node => node.Kind == NodeKind.Swap && node.Mentions(variable)) => map,
            [var only] when only.Test?.Variable != variable && Holder(only.Body) is { } body => FindDeclaration(body, variable),
            _ => null,
        };

        List<Node>? Holder(List<Node> body) => body.Any(node => node.WithAllInside().Any(inner => inner.Mentions(variable))) && !mentioning[0].Else.Any(node => node.WithAllInside().Any(inner => inner.Mentions(variable))) ? body : null;
    }

    private static bool UsesLock(Node node, int variable) => node.Kind switch
    {
        NodeKind.Map => node.A == variable && (Mapper)node.Number is not (Mapper.Plain or Mapper.Helper),
        NodeKind.Enter or NodeKind.Exit => node.A == variable,
        NodeKind.UnmapUnlock => node.B == variable,
        NodeKind.Swap or NodeKind.Alias => node.Value && node.Mentions(variable),
        _ => false,
    };

    private void Statements(List<Node> nodes, int depth)
    {
        foreach (Node node in nodes)
            Statement(node, depth);
    }

    private void Statement(Node node, int depth)
    {
        if (node.Kind == NodeKind.Label)
        {
            Line(depth - 1, $"L{node.Number}:");
            Line(depth, _probed ? $"w.Hit({node.Id});" : "w.Turn();");
            return;
        }

        if (_probed)
            Line(depth, $"w.Hit({node.Id});");
        switch (node.Kind)
        {
            case NodeKind.If:
                Line(depth, $"if ({Condition(node.Test!)})");
                Block(node.Body, depth);
                if (node.Else.Count != 0)
                {
                    Line(depth, "else");
                    Block(node.Else, depth);
                }

                break;
            case NodeKind.Switch:
                Line(depth, node.Value ? $"switch ((input >> {node.Number}) & 3)" : $"switch (input & {3 << node.Number})");
                Line(depth, "{");
                Section(node.Value ? "case 1:" : "case 0:", node.Body, depth + 1);
                Section(node.Value ? "case 2:" : "default:", node.Else, depth + 1);
                Line(depth, "}");
                break;
            case NodeKind.Loop when node.Test is not null:
                Line(depth, "do");
                Line(depth, "{");
                Line(depth + 1, "w.Turn();");
                Statements(node.Body, depth + 1);
                Line(depth, "}");
                Line(depth, $"while ({Condition(node.Test)});");
                break;
            case NodeKind.Loop when node.Value:
                Line(depth, $"int i{node.Id} = 0;");
                Line(depth, $"while (i{node.Id}++ < ((input >> {node.Number}) & 3))");
                Block(node.Body, depth);
                break;
            case NodeKind.Loop:
                Line(depth, $"for (int i{node.Id} = 0; i{node.Id} < ((input >> {node.Number}) & 3); i{node.Id}++)");
                Block(node.Body, depth);
                break;
            case NodeKind.Try:
                Line(depth, "try");
                Block(node.Body, depth);
                Line(depth, "finally");
                Block(node.Else, depth);
                break;
            default:
                Line(depth, Simple(node));
                break;
        }
    }

    private void Block(List<Node> nodes, int depth)
    {
        Line(depth, "{");
        Statements(nodes, depth + 1);
        Line(depth, "}");
    }

    private void Section(string label, List<Node> nodes, int depth)
    {
        Line(depth, label);
        Line(depth, "{");
        Statements(nodes, depth + 1);
        if (nodes is not [.., { Kind: NodeKind.Return or NodeKind.Break or NodeKind.Continue or NodeKind.Goto }])
            Line(depth + 1, "break;");
        Line(depth, "}");
    }

    private static string Condition(Test test)
    {
        string bit = $"(input & {1 << test.Number}) {(test.Kind == TestKind.Bit && test.Negated ? "=" : "!")}= 0";
        string not = test.Negated ? "!" : "";
        switch (test.Kind)
        {
            case TestKind.Bit:
                return bit;
            case TestKind.Null:
                string p = Pointer(test.Variable);
                return (test.Spelling % 4, test.Negated) switch
                {
                    (0, false) => $"{p} == null",
                    (0, true) => $"{p} != null",
                    (1, false) => $"{p} is null",
                    (1, true) => $"{p} is not null",
                    (2, false) => $"null == {p}",
                    (2, true) => $"!({p} == null)",
                    (_, false) => $"!({p} != null)",
                    (_, true) => $"null != {p}",
                };
            case TestKind.Flag:
                return $"{not}f{test.Number}";
            case TestKind.Same:
                return $"{not}PteSame(s{test.Number}, PtepGet({Pointer(test.Variable)}))";
            case TestKind.MappedAndBit:
                return test.Negated ? $"!({Pointer(test.Variable)} != null && {bit})" : $"{Pointer(test.Variable)} != null && {bit}";
            default:
                return $"{not}IsMissing({Pointer(test.Variable)})";
        }
    }

    private string Simple(Node node)
    {
        string p = node.A >= 0 ? Pointer(node.A) : "";
        switch (node.Kind)
        {
            case NodeKind.Map:
                bool declares = _declaredAt.GetValueOrDefault(node.A) == node;
                string ptl = $"out {(declares ? "PtLock " : "")}{Lock(node.A)}";
                string call = (Mapper)node.Number switch
                {
                    Mapper.Plain => $"PteOffsetMap(w.Pmd(), {Address(node.A)})",
                    Mapper.Lock => $"PteOffsetMapLock(w.Mm, w.Pmd(), {Address(node.A)}, {ptl})",
                    Mapper.Nolock => $"PteOffsetMapNolock(w.Mm, w.Pmd(), {Address(node.A)}, {ptl})",
                    Mapper.RwNolock => $"PteOffsetMapRwNolock(w.Mm, w.Pmd(), {Address(node.A)}, out _, {ptl})",
                    Mapper.Helper => "Find(w)",
                    _ => $"FindLocked(w, {ptl})",
                };
                return $"{(declares ? "Pte* " : "")}{p} = {call};";
            case NodeKind.Read:
                string read = (ReadForm)node.Number switch
                {
                    ReadForm.Accessor => $"PtepGet({p}).Value",
                    ReadForm.Lockless => $"PtepGetLockless({p}).Value",
                    ReadForm.Dereference => $"(*{p}).Value",
                    ReadForm.Member => $"{p}->Value",
                    ReadForm.Index => $"{p}[0].Value",
                    ReadForm.Span => $"new Span<Pte>({p}, 1)[0].Value",
                    ReadForm.Reference => $"Unsafe.AsRef<Pte>({p}).Value",
                    _ => $"Peek({p})",
                };
                return $"w.See({read});";
            case NodeKind.Write:
                return (WriteForm)node.Number switch
                {
                    WriteForm.SetPteAt => $"SetPteAt(w.Mm, {Address(node.A)}, {p}, w.Next());",
                    WriteForm.SetPte => $"SetPte({p}, w.Next());",
                    WriteForm.GetAndClear => $"w.See(PtepGetAndClear(w.Mm, {Address(node.A)}, {p}).Value);",
                    WriteForm.Store => $"*{p} = w.Next();",
                    WriteForm.Carried => $"Pte e{node.Id} = {p}[0]; {p}[0] = e{node.Id}.MkYoung();",
                    WriteForm.Span => $"new Span<Pte>({p}, 1)[0] = w.Next();",
                    WriteForm.RawStore => $"*(ulong*){p} = w.Next().Value;",
                    _ => $"*{p} = {p}->MkYoung();",
                };
            case NodeKind.Enter:
                return $"{Lock(node.A)}.Enter();";
            case NodeKind.Exit:
                return $"{Lock(node.A)}.Exit();";
            case NodeKind.Unmap:
                return $"{(UnmapForm)node.Number switch { UnmapForm.Unmap => "PteUnmap", UnmapForm.Helper => "Done", _ => "End" }}({p});";
            case NodeKind.UnmapUnlock:
                return $"PteUnmapUnlock({p}, {Lock(node.B)});";
            case NodeKind.Swap:
                string q = Pointer(node.B);
                return $"({p}, {q}) = ({q}, {p});" + (node.Value ? $" ({Lock(node.A)}, {Lock(node.B)}) = ({Lock(node.B)}, {Lock(node.A)});" : "");
            case NodeKind.Alias:
                return $"{Pointer(node.B)} = {p};" + (node.Value ? $" {Lock(node.B)} = {Lock(node.A)};" : "");
            case NodeKind.Step:
                return node.Value ? $"{p}++;" : $"{p} = {p} + 1;";
            case NodeKind.SetFlag:
                return $"f{node.Number} = {(node.A >= 0 ? $"{p} != null" : node.Value ? "true" : "false")};";
            case NodeKind.Snapshot:
                return $"s{node.Number} = PtepGetLockless({p});";
            case NodeKind.Return:
                return $"return {node.Number};";
            case NodeKind.Goto:
                return $"goto L{node.Number};";
            case NodeKind.Break:
                return "break;";
            case NodeKind.Continue:
                return "continue;";
            case NodeKind.Wait:
                return "w.Wait();";
            default:
                return $"w.See({node.Number});";
        }
    }

    private void Line(int depth, string text) => _text.Append(' ', depth * 4).Append(text).Append('\n');
}
