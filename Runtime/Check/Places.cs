using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace PteGuard;

/// <summary>Where in the user's code something happened: the first frame that is not the runtime's.</summary>
internal static class Places
{
    /// <summary>Whether places name files and lines, which is most of what a record costs: who makes millions of them does without.</summary>
    public static bool WithFiles { get; set; } = true;

    public static StackTrace Here() => new(WithFiles);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A frame whose method was trimmed is shown by its address.")]
    public static string Of(StackTrace trace)
    {
        StackFrame? outermost = null;
        for (int i = 0; i < trace.FrameCount; i++)
        {
            if (trace.GetFrame(i) is not { } frame)
                continue;
            outermost = frame;
            if (frame.GetMethod() is { } method && method.Module.Assembly != typeof(Places).Assembly)
                return Describe(frame, method);
        }

        return outermost is null ? "an unknown place" : Describe(outermost, outermost.GetMethod());

        static string Describe(StackFrame frame, MethodBase? method)
        {
            string name = method is null ? frame.ToString().Trim() : $"{method.DeclaringType?.Name}.{method.Name}";
            return frame.GetFileName() is { } file ? $"{name} ({file}:{frame.GetFileLineNumber()})" : name;
        }
    }
}
