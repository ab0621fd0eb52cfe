using Xunit.Abstractions;

namespace PteGuard.Runtime.Tests;

[Collection(JudgeTests.Name)]
public class X86PaeJudgeTests(ITestOutputHelper output)
{
    [EmulatorFact(X86Guest.Binary)]
    public void Every_access_ends_as_on_another_processor() => output.WriteLine(Judge.Compare<X86Pae>(new X86PaeGuest()));
}
