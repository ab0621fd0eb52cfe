using System.Reflection;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace PteGuard.Mutation;

/// <summary>The tests of the analyzers, in an order that is the same in each process.</summary>
internal sealed class TestAssembly : IDisposable
{
    private readonly XunitTestFramework _framework = new(new NullMessageSink());
    private readonly ITestFrameworkExecutor _executor;
    private readonly Options _options = new();
    private readonly ITestCase[] _cases;

    public TestAssembly()
    {
        Assembly tests = Assembly.Load("PteGuard.Analyzers.Tests");
        using var found = new Sink();
        using ITestFrameworkDiscoverer discoverer = _framework.GetDiscoverer(Reflector.Wrap(tests));
        discoverer.Find(includeSourceInformation: false, found, _options);
        found.Ended.Wait();
        _cases = [.. found.Cases.Where(c => c.SkipReason is null).OrderBy(c => c.DisplayName, StringComparer.Ordinal).ThenBy(c => c.UniqueID, StringComparer.Ordinal)];
        _executor = _framework.GetExecutor(tests.GetName());
    }

    public int Count => _cases.Length;

    public bool Pass(int index)
    {
        using var sink = new Sink();
        _executor.RunTests([_cases[index]], sink, _options);
        sink.Ended.Wait();
        return sink.Failed == 0;
    }

    public void Dispose()
    {
        _executor.Dispose();
        _framework.Dispose();
    }

    /// <summary>One test at a time: what one passes must not be put down to another.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new()
        {
            ["xunit.execution.DisableParallelization"] = true,
            ["xunit.execution.SynchronousMessageReporting"] = true,
        };

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }

    private sealed class Sink : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        public ManualResetEventSlim Ended { get; } = new();

        public List<ITestCase> Cases { get; } = [];

        public int Failed { get; private set; }

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestCaseDiscoveryMessage found:
                    Cases.Add(found.TestCase);
                    break;
                case ITestFailed or IErrorMessage or ITestCleanupFailure or ITestClassCleanupFailure:
                    Failed++;
                    break;
                case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                    Ended.Set();
                    break;
            }

            return true;
        }

        public void Dispose() => Ended.Dispose();
    }
}
