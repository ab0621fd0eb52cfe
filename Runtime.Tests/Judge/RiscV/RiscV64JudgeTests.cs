using Xunit.Abstractions;

namespace PteGuard.Runtime.Tests;

[Collection(JudgeTests.Name)]
public class RiscV64JudgeTests(ITestOutputHelper output)
{
    [EmulatorFact(RiscVGuest.Binary)]
    public void Sv39() => output.WriteLine(Judge.Compare<RiscV64Sv39>(new RiscVGuest(levels: 3)));

    [EmulatorFact(RiscVGuest.Binary)]
    public void Sv48() => output.WriteLine(Judge.Compare<RiscV64Sv48>(new RiscVGuest(levels: 4)));

    [EmulatorFact(RiscVGuest.Binary)]
    public void Sv57() => output.WriteLine(Judge.Compare<RiscV64Sv57>(new RiscVGuest(levels: 5)));
}
