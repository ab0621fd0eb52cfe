// One program, compiled ahead of time, with two address spaces of different architectures in it.

using PteGuard;
using PteGuard.Samples.NativeAot;

Console.WriteLine($"Dynamic code: {(System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported ? "yes" : "no")}");
int failures = Machine<X86_64>.Run() + Machine<S390X>.Run();
Console.WriteLine(failures == 0 ? "Both work." : $"{failures} answers were wrong.");
return failures;
