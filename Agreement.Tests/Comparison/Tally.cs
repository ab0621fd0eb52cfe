using System.Globalization;
using System.Text;
using PteGuard.Agreement.Tests.Compiling;

namespace PteGuard.Agreement.Tests.Comparison;

/// <summary>The figures, for each rule and class of programs.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<(string Rule, bool IsInterprocedural), Row> _rows = [];

    public int Programs { get; private set; }

    public int Refused { get; set; }

    public int Clean { get; private set; }

    public long Runs { get; private set; }

    public int FixedPrograms { get; private set; }

    public int ChangedByFixes { get; private set; }

    public void Add(Verdict verdict)
    {
        Programs++;
        Runs += verdict.Behaviour.Runs.Count;
        if (verdict.Behaviour.Broken.Count == 0)
            Clean++;
        if (verdict.Fix is not null)
            FixedPrograms++;
        if (verdict.IsChangedByFixes)
            ChangedByFixes++;
        foreach (string rule in Rules.Compared)
        {
            Row row = Of(rule, verdict.Program.IsInterprocedural);
            row.Programs++;
            row.Broken += verdict.Behaviour.BrokenFirst.Contains(rule) ? 1 : 0;
            row.Reported += verdict.Reported.Contains(rule) ? 1 : 0;
            row.Misses += verdict.IsMissed(rule) ? 1 : 0;
            row.FalseAlarms += verdict.IsFalseAlarm(rule) ? 1 : 0;
            row.Judged += verdict.IsJudged(rule) ? 1 : 0;
            row.Fixed += verdict.HasFixed(rule) ? 1 : 0;
            row.BrokenThoughFixed += verdict.BrokenThoughFixed.Contains(rule) ? 1 : 0;
        }
    }

    public Row Of(string rule, bool isInterprocedural)
    {
        if (!_rows.TryGetValue((rule, isInterprocedural), out Row? row))
            _rows[(rule, isInterprocedural)] = row = new Row();
        return row;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Programs} programs ({Refused} more did not compile), {Clean} of them clean, {Runs} runs; {FixedPrograms} with something that has a fix, {ChangedByFixes} of the clean ones changed by it");
        text.AppendLine();
        text.AppendLine("| rule | class | programs | broken in a run | reported | misses | false alarms | of reports judged | fixed | broken though fixed |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (((string rule, bool isInterprocedural), Row row) in _rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {rule} | {(isInterprocedural ? "with helpers" : "one method")} | {row.Programs} | {row.Broken} | {row.Reported} | {row.Misses} | {row.FalseAlarms} | {row.Judged} | {row.Fixed} | {row.BrokenThoughFixed} |");
        return text.ToString();
    }

    internal sealed class Row
    {
        public int Programs { get; set; }

        public int Broken { get; set; }

        public int Reported { get; set; }

        public int Misses { get; set; }

        public int FalseAlarms { get; set; }

        /// <summary>The programs with reports that a run confirms or that all runs contradict.</summary>
        public int Judged { get; set; }

        public int Fixed { get; set; }

        public int BrokenThoughFixed { get; set; }
    }
}
