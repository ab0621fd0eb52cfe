namespace PteGuard.Agreement.Tests.Programs;

/// <summary>
/// Programs from seeds: mappings that are made, checked, used and ended as one should, in many styles. About half of them are
/// then spoiled by <see cref="Mutation"/>.
/// </summary>
internal sealed class ProgramGenerator
{
    private const int MaxBits = 6;
    private const int MaxSteps = 3;

    private readonly Random _random;
    private readonly Stack<int> _unused = new([2, 1, 0]);
    private readonly HashSet<int> _startsNull = [];
    private readonly List<Held> _held = [];
    private readonly List<Node> _ending = [];
    private int _bits;
    private int _labels;
    private int _snapshots;
    private int _flags;
    private int _loops;
    private int _steps;

    /// <summary>How many mappings were held where the innermost loop began; -1: in no loop.</summary>
    private int _heldAtLoop = -1;

    /// <summary>The same for the innermost loop or switch.</summary>
    private int _heldAtBreak = -1;

    private ProgramGenerator(Random random) => _random = random;

    public static PageProgram Generate(long seed)
    {
        var random = new Random(unchecked((int)((ulong)seed * 0x9E3779B97F4A7C15UL >> 32)));
        var generator = new ProgramGenerator(random);
        List<Node> nodes = generator.Protocol(depth: 0);
        if (random.Next(4) == 0)
            nodes.AddRange(generator.Protocol(depth: 0));
        if (generator._ending.Count != 0)
        {
            nodes.Add(new(NodeKind.Return) { Number = 1 });
            nodes.AddRange(generator._ending);
        }

        if (random.Next(2) == 0)
        {
            for (int mistakes = random.Next(1, 3); mistakes > 0; mistakes--)
                Mutation.Apply(nodes, random);
        }

        return new PageProgram(seed, nodes, generator._startsNull);
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private List<Node> Protocol(int depth)
    {
        if (!_unused.TryPop(out int variable))
            return [new(NodeKind.Observe) { Number = 7 }];

        var mapper = (Mapper)(Chance(10) ? _random.Next(4, 6) : _random.Next(4));
        var map = new Node(NodeKind.Map) { A = variable, Number = (int)mapper };
        var held = new Held(variable, mapper);
        List<Node> nodes = _random.Next(10) switch
        {
            0 or 1 => Wrapped(map, held, depth),
            2 when Chance(60) => Retried(map, held, depth),
            3 or 4 when _heldAtLoop >= 0 => [map, IfNull(variable, LeaveLoop()), .. Inside(held, depth), .. End(held)],
            5 when depth == 0 && _held.Count == 0 => Jumping(map, held),
            6 when depth == 0 && _flags < PageProgram.Flags => Flagged(map, held, depth),
            7 when _held.Count == 0 => Finally(map, held, depth),
            _ => [map, IfNull(variable, [.. Cleanup(), new(NodeKind.Return) { Number = 2 }]), .. Inside(held, depth), .. End(held)],
        };
        if (!_startsNull.Contains(variable) && Chance(70))
            _unused.Push(variable);
        return nodes;
    }

    private List<Node> Wrapped(Node map, Held held, int depth)
    {
        var test = new Test(TestKind.Null, held.Variable, 0, Negated: true, _random.Next(4));
        if (_bits < MaxBits && Chance(15))
            test = new(TestKind.MappedAndBit, held.Variable, Bit(), Negated: false);
        else if (Chance(8))
            test = new(TestKind.Helper, held.Variable, 0, Negated: true);
        var branch = new Node(NodeKind.If) { Test = test, Body = [.. Inside(held, depth), .. End(held)] };
        if (test.Kind == TestKind.MappedAndBit)
            branch.Else = [new(NodeKind.If) { Test = new(TestKind.Null, held.Variable, 0, Negated: true), Body = End(held) }];
        else if (Chance(20))
            branch.Else = [.. Chance(50) ? Cleanup() : [], new(NodeKind.Observe) { Number = 3 }];
        if (branch.Else is [{ Kind: not NodeKind.Observe and not NodeKind.If }, ..])
            branch.Else.Add(new(NodeKind.Return) { Number = 3 });
        return [map, branch];
    }

    private List<Node> Retried(Node map, Held held, int depth)
    {
        if (Chance(30))
        {
            var again = new Test(TestKind.Null, held.Variable, 0, Negated: false, _random.Next(4));
            return [new(NodeKind.Loop) { Test = again, Body = [map] }, .. Inside(held, depth), .. End(held)];
        }

        int label = _labels++;
        return [new(NodeKind.Label) { Number = label }, map, IfNull(held.Variable, [new(NodeKind.Goto) { Number = label }]), .. Inside(held, depth), .. End(held)];
    }

    /// <summary>The kernel's style: labels at the end, which end what is held, last-in first-out.</summary>
    private List<Node> Jumping(Node map, Held held)
    {
        int label = _labels++;
        var unmapping = new Node(NodeKind.Label) { Number = _labels++ };
        List<Node> body = [];
        _held.Add(held);
        body.AddRange(Use(held));
        if (Chance(50))
            body.Add(new(NodeKind.If) { Test = BitTest(), Body = [new(NodeKind.Goto) { Number = unmapping.Number }] });
        if (Chance(40) && _unused.TryPop(out int other))
        {
            var second = new Held(other, Mapper.Plain);
            body.Add(new(NodeKind.Map) { A = other, Number = (int)Mapper.Plain });
            body.Add(IfNull(other, [new(NodeKind.Goto) { Number = unmapping.Number }]));
            body.AddRange(Use(second));
            body.AddRange(End(second));
        }

        body.AddRange(Use(held));
        _held.Remove(held);
        _ending.AddRange([unmapping, .. End(held), new(NodeKind.Label) { Number = label }, new(NodeKind.Observe) { Number = 4 }]);
        return [map, IfNull(held.Variable, [new(NodeKind.Goto) { Number = label }]), .. body, new(NodeKind.Goto) { Number = unmapping.Number }];
    }

    /// <summary>Mapped on one condition only, and a flag, or the pointer itself, says so afterwards.</summary>
    private List<Node> Flagged(Node map, Held held, int depth)
    {
        int flag = _flags++;
        _startsNull.Add(held.Variable);
        Test mapped = Chance(50) ? new(TestKind.Flag, -1, flag, Negated: false) : new(TestKind.Null, held.Variable, 0, Negated: true, _random.Next(4));
        Node set = Chance(50)
            ? new(NodeKind.If) { Test = new(TestKind.Null, held.Variable, 0, Negated: true), Body = [new(NodeKind.SetFlag) { Number = flag, Value = true }] }
            : new(NodeKind.SetFlag) { Number = flag, A = held.Variable };
        return
        [
            new(NodeKind.If) { Test = BitTest(), Body = [map, set] },
            new(NodeKind.If) { Test = mapped with { Spelling = 0 }, Body = Inside(held, depth) },
            new(NodeKind.If) { Test = mapped, Body = End(held) },
        ];
    }

    private List<Node> Finally(Node map, Held held, int depth)
    {
        held.IsEndedByFinally = true;
        List<Node> body = Inside(held, depth);
        return [map, IfNull(held.Variable, [.. Cleanup(), new(NodeKind.Return) { Number = 5 }]), new(NodeKind.Try) { Body = body, Else = End(held) }];
    }

    private List<Node> Inside(Held held, int depth)
    {
        _held.Add(held);
        List<Node> nodes = Body(depth + 1);
        _held.Remove(held);
        return nodes;
    }

    private List<Node> Body(int depth)
    {
        List<Node> nodes = [];
        for (int i = _random.Next(1, 4 - Math.Min(depth / 2, 2)); i > 0; i--)
        {
            Held held = _held[_random.Next(_held.Count)];
            switch (_random.Next(12))
            {
                case 0 when depth < 4 && _bits < MaxBits:
                    nodes.Add(new(NodeKind.If) { Test = BitTest(), Body = Body(depth + 1), Else = Chance(35) ? Body(depth + 1) : [] });
                    break;
                case 1 when _bits < MaxBits:
                    nodes.Add(new(NodeKind.If) { Test = BitTest(), Body = [.. Cleanup(), new(NodeKind.Return) { Number = 6 }] });
                    break;
                case 2 when depth < 3 && _loops == 0 && _bits < MaxBits - 1:
                    nodes.Add(Loop(depth));
                    break;
                case 2 when _heldAtLoop >= 0:
                    nodes.Add(new(NodeKind.If) { Test = BitTest(), Body = LeaveLoop() });
                    break;
                case 7 when depth < 4 && _bits < MaxBits - 1:
                    nodes.Add(Switch(depth));
                    break;
                case 3 or 4 when depth < 3:
                    nodes.AddRange(Protocol(depth + 1));
                    break;
                case 5 when _steps < MaxSteps && _heldAtLoop < 0:
                    _steps++;
                    nodes.Add(new(NodeKind.Step) { A = held.Variable, Value = Chance(70) });
                    break;
                case 6 when _unused.TryPeek(out int alias) && !_startsNull.Contains(alias):
                    nodes.Add(new(NodeKind.Alias) { A = held.Variable, B = alias });
                    nodes.Add(Read(alias));
                    break;
                default:
                    nodes.AddRange(Use(held));
                    break;
            }
        }

        return nodes;
    }

    private Node Switch(int depth)
    {
        int bit = _bits;
        _bits += 2;
        int outer = _heldAtBreak;
        _heldAtBreak = _held.Count;
        var node = new Node(NodeKind.Switch) { Number = bit, Body = Body(depth + 1), Else = Body(depth + 1), Value = Chance(50) };
        if (Chance(20))
            node.Body.AddRange([.. Cleanup(), new(NodeKind.Return) { Number = 8 }]);
        _heldAtBreak = outer;
        return node;
    }

    private Node Loop(int depth)
    {
        int bit = _bits;
        _bits += 2;
        _loops++;
        (int outer, int outerBreak) = (_heldAtLoop, _heldAtBreak);
        _heldAtLoop = _heldAtBreak = _held.Count;
        List<Node> body = Body(depth + 1);
        if (Chance(50))
            body.AddRange(Protocol(depth + 1));
        (_heldAtLoop, _heldAtBreak) = (outer, outerBreak);
        return new(NodeKind.Loop) { Number = bit, Body = body, Value = Chance(50) };
    }

    /// <summary>Something that is right to do with a mapping that is there.</summary>
    private List<Node> Use(Held held) => held.Mapper switch
    {
        Mapper.Lock or Mapper.LockingHelper => [Chance(50) ? Read(held.Variable) : Write(held.Variable)],
        Mapper.Nolock or Mapper.RwNolock when _snapshots < PageProgram.Snapshots && Chance(50) => LockedUse(held),
        _ => [Read(held.Variable)],
    };

    private List<Node> LockedUse(Held held)
    {
        int snapshot = _snapshots++;
        return
        [
            new(NodeKind.Snapshot) { A = held.Variable, Number = snapshot },
            new(NodeKind.Enter) { A = held.Variable },
            new(NodeKind.If) { Test = new(TestKind.Same, held.Variable, snapshot, Negated: false), Body = [Write(held.Variable)] },
            new(NodeKind.Exit) { A = held.Variable },
        ];
    }

    private Node Read(int variable) => new(NodeKind.Read) { A = variable, Number = Chance(10) ? _random.Next(8) : _random.Next(2) };

    private Node Write(int variable) => new(NodeKind.Write) { A = variable, Number = Chance(10) ? _random.Next(8) : _random.Next(3) };

    private Node IfNull(int variable, List<Node> reaction) => new(NodeKind.If)
    {
        Test = Chance(4) ? new(TestKind.Helper, variable, 0, Negated: false) : new(TestKind.Null, variable, 0, Negated: false, _random.Next(4)),
        Body = reaction,
    };

    private int Bit() => _bits < MaxBits ? _bits++ : _random.Next(MaxBits);

    private Test BitTest() => new(TestKind.Bit, -1, _bits > 0 && Chance(15) ? _random.Next(_bits) : Bit(), Chance(30));

    /// <summary>Ends everything that is held, as an early way out must.</summary>
    private List<Node> Cleanup() => [.. Enumerable.Reverse(_held).TakeWhile(held => !held.IsEndedByFinally).SelectMany(End)];

    /// <summary>Ends what is held since the loop began, or the switch inside it, and leaves that turn of it.</summary>
    private List<Node> LeaveLoop()
    {
        bool breaks = Chance(50);
        int since = breaks ? _heldAtBreak : _heldAtLoop;
        return [.. Enumerable.Reverse(_held).Take(_held.Count - since).SelectMany(End), new(breaks ? NodeKind.Break : NodeKind.Continue)];
    }

    private List<Node> End(Held held)
    {
        int variable = held.Variable;
        if (held.Mapper is not (Mapper.Lock or Mapper.LockingHelper))
            return [Unmap(variable)];
        return Chance(80) ? [new(NodeKind.UnmapUnlock) { A = variable, B = variable }] : [new(NodeKind.Exit) { A = variable }, Unmap(variable)];
    }

    private Node Unmap(int variable) => new(NodeKind.Unmap) { A = variable, Number = Chance(6) ? _random.Next(3) : 0 };

    private sealed record Held(int Variable, Mapper Mapper)
    {
        public bool IsEndedByFinally { get; set; }
    }
}
