using Xunit.Abstractions;

namespace PteGuard.Runtime.Tests;

[Collection(JudgeTests.Name)]
public class X86_64JudgeTests(ITestOutputHelper output)
{
    [EmulatorFact(X86Guest.Binary)]
    public void Every_access_ends_as_on_another_processor() => output.WriteLine(Judge.Compare<X86_64>(new X86LongGuest(levels: 4)));

    [EmulatorFact(X86Guest.Binary)]
    public void With_five_levels_every_access_ends_as_on_another_processor() => output.WriteLine(Judge.Compare<X86_64La57>(new X86LongGuest(levels: 5)));
}
