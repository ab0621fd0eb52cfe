using Xunit.Abstractions;

namespace PteGuard.Runtime.Tests;

[Collection(JudgeTests.Name)]
public class S390XJudgeTests(ITestOutputHelper output)
{
    [EmulatorFact(S390Guest.Binary)]
    public void Every_access_ends_as_on_another_processor() => output.WriteLine(Judge.Compare<S390X>(new S390Guest()));
}
