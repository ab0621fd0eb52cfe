using Xunit.Abstractions;

namespace PteGuard.Runtime.Tests;

[Collection(JudgeTests.Name)]
public class Arm64JudgeTests(ITestOutputHelper output)
{
    [EmulatorFact(Arm64Guest.Binary)]
    public void Pages_of_4_KiB() => output.WriteLine(Judge.Compare<Arm64K4>(new Arm64Guest(pageShift: 12)));

    [EmulatorFact(Arm64Guest.Binary)]
    public void Pages_of_16_KiB() => output.WriteLine(Judge.Compare<Arm64K16>(new Arm64Guest(pageShift: 14)));

    [EmulatorFact(Arm64Guest.Binary)]
    public void Pages_of_64_KiB() => output.WriteLine(Judge.Compare<Arm64K64>(new Arm64Guest(pageShift: 16)));
}
