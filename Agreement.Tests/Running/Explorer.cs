namespace PteGuard.Agreement.Tests.Running;

/// <summary>Runs a program on every input and with every outcome of its maps.</summary>
internal static class Explorer
{
    public static IEnumerable<(int Input, Run Run)> Explore(World world, Func<World, int, int> program, int bits)
    {
        for (int input = 0; input < 1 << bits; input++)
        {
            List<bool>? schedule = [];
            while (schedule is not null)
            {
                Run run = world.Execute(program, input, schedule);
                yield return (input, run);
                schedule = After(run.Schedule);
            }
        }
    }

    private static List<bool>? After(List<bool> schedule)
    {
        int last = schedule.LastIndexOf(true);
        return last < 0 ? null : [.. schedule[..last], false];
    }
}
