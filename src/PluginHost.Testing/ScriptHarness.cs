using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace PluginHost.Testing;

/// <summary>Runs one script in a test, as a host would: the same checks, parameters, services and context, without git, build or disk.</summary>
/// <remarks>
/// Set it up, then run the script as often as you like: services, state and time are kept from one run to the next. The
/// services are fixed by the first run. Not safe to set up from several threads.
/// </remarks>
/// <typeparam name="TScript">The class of the script.</typeparam>
public sealed class ScriptHarness<TScript> : IAsyncDisposable where TScript : class, IScript
{
    private readonly ServiceCollection _services = [];
    private readonly TestScript _script;
    private readonly InMemoryScriptValues _values;
    private TestServices? _built;

    /// <summary>Reads the script as a host would.</summary>
    /// <param name="plugin">The id of its plugin. The default is the name of the assembly, which is that of the project.</param>
    /// <exception cref="ScriptRejectedException">A host would reject the class; every mistake is named.</exception>
    public ScriptHarness(string? plugin = null)
    {
        _script = TestScript.Read(typeof(TScript), plugin);
        _values = new InMemoryScriptValues(Time);
        State = new Running.RunStateStore(_script.Id, _values, new RunOptions());
    }

    /// <summary>The id of the script: <c>plugin.name</c>.</summary>
    public string ScriptId => _script.Id;

    /// <summary>The script's clock. It stands still unless you move it with <see cref="Advance"/>; it begins at 2000-01-01 00:00 UTC.</summary>
    public FakeTimeProvider Time { get; } = new();

    /// <summary>The services of the application that the script may ask for. All that is added here is shared with it.</summary>
    /// <exception cref="InvalidOperationException">Something is added after the first run.</exception>
    public IServiceCollection Services => _services;

    /// <summary>The script's own configuration section; nested settings with <c>:</c> between the names.</summary>
    public IDictionary<string, string?> Configuration { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Answers the requests of the script's <see cref="HttpClient"/>.</summary>
    /// <value>The default is null: every request fails and says so, for a unit test does not reach out. Not disposed.</value>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>What the script keeps from one run to the next.</summary>
    public StateStore State { get; }

    /// <summary>What starts the runs.</summary>
    /// <value>The default is <see cref="RunTrigger.Manual"/>.</value>
    public RunTrigger Trigger { get; set; } = RunTrigger.Manual;

    /// <summary>The time that a schedule means the runs to start at.</summary>
    /// <value>The default is null: no schedule.</value>
    public DateTimeOffset? ScheduledFor { get; set; }

    /// <summary>Which try the runs are.</summary>
    /// <value>1 or more. The default is 1.</value>
    public int Attempt { get; set; } = 1;

    /// <summary>The commit that the script is told.</summary>
    /// <value>The default is forty zeros.</value>
    public string Commit { get; set; } = new('0', 40);

    /// <summary>How long <see cref="RunAsync"/> waits for the end of a run, by the clock on the wall.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs the script to its end, however it ends.</summary>
    /// <param name="parameters">Values by the names of parameters: an anonymous object, a dictionary or a <see cref="JsonObject"/>. What is left out keeps its default.</param>
    /// <param name="cancellationToken">Cancels the run, as an operator does.</param>
    /// <exception cref="InvalidParametersException">The parameters are wrong; every mistake is named. The script was not run.</exception>
    /// <exception cref="ScriptRejectedException">A host would reject the script; every mistake is named.</exception>
    /// <exception cref="TimeoutException">It did not end within <see cref="Limit"/>.</exception>
    public Task<ScriptResult> RunAsync(object? parameters = null, CancellationToken cancellationToken = default) =>
        ToEndAsync(() => Start(parameters, cancellationToken));

    /// <summary>Runs an instance that the test has constructed and set the parameters of. They are checked, too.</summary>
    /// <param name="script">The instance. It is not disposed.</param>
    /// <param name="cancellationToken">Cancels the run, as an operator does.</param>
    /// <exception cref="InvalidParametersException">The values of its parameters are none that a host would take.</exception>
    /// <exception cref="TimeoutException">It did not end within <see cref="Limit"/>.</exception>
    public Task<ScriptResult> RunInstanceAsync(TScript script, CancellationToken cancellationToken = default) =>
        ToEndAsync(() => StartInstance(script, cancellationToken));

    /// <summary>Starts the script and comes back when it first waits, so that the test can <see cref="Advance"/> the clock, look and go on.</summary>
    /// <param name="parameters">As for <see cref="RunAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the run, as an operator does.</param>
    /// <exception cref="InvalidParametersException">The parameters are wrong; every mistake is named. The script was not run.</exception>
    /// <exception cref="ScriptRejectedException">A host would reject the script; every mistake is named.</exception>
    public ScriptRun Start(object? parameters = null, CancellationToken cancellationToken = default)
    {
        var services = Build();
        var script = _script.Validate(services);
        var values = script.Parameters.Bind(ParameterObject.Read(parameters), out var errors) ?? throw new InvalidParametersException(ScriptId, errors);
        return Run(services, values.Effective, script, scope => Create(script, values, scope), cancellationToken);
    }

    /// <summary>Starts an instance as <see cref="RunInstanceAsync"/> does, and comes back when it first waits.</summary>
    /// <param name="script">The instance. It is not disposed.</param>
    /// <param name="cancellationToken">Cancels the run, as an operator does.</param>
    /// <exception cref="InvalidParametersException">The values of its parameters are none that a host would take.</exception>
    public ScriptRun StartInstance(TScript script, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        var values = _script.Class.Parameters.Bind(_script.ParametersOf(script), out var errors) ?? throw new InvalidParametersException(ScriptId, errors);
        return Run(Build(), values.Effective, _script.Class, _ => (script, false), cancellationToken);
    }

    /// <summary>Moves <see cref="Time"/>, and lets the script go on with what it waited for as far as it comes, before this returns.</summary>
    /// <remarks>
    /// Use it rather than <c>Time.Advance</c>, which leaves it to the test framework whether the script goes on at once or
    /// some time later on another thread.
    /// </remarks>
    /// <param name="by">How far.</param>
    public void Advance(TimeSpan by) => WithoutContext.Run(() =>
    {
        Time.Advance(by);
        return true;
    });

    /// <summary>Disposes the services.</summary>
    public ValueTask DisposeAsync() => _built?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static (IScript Script, bool Owned) Create(Scripts.ScriptClass script, Scripts.ParameterValues values, Scripts.ScriptServices scope)
    {
        var instance = script.Create(scope);
        values.ApplyTo(instance);
        return (instance, true);
    }

    // Not on the test's thread: a script that blocks it would keep the limit from being noticed.
    private async Task<ScriptResult> ToEndAsync(Func<ScriptRun> start)
    {
        var started = Task.Run(start);
        await Task.WhenAny(started, Task.Delay(Limit));
        return started.IsCompleted
            ? await (await started).WaitAsync(Limit)
            : throw new TimeoutException($"Script '{ScriptId}' has blocked its thread for {Limit}. It has to await what it waits for.");
    }

    private ScriptRun Run(
        TestServices services, JsonObject parameters, Scripts.ScriptClass script, Func<Scripts.ScriptServices, (IScript, bool)> create, CancellationToken cancellationToken)
    {
        var run = new ScriptRun(script, parameters, Time, new ScriptRunFacts(Trigger, ScheduledFor, Attempt, Commit));
        run.Begin(services, create, State, cancellationToken);
        return run;
    }

    private TestServices Build() => _built ??= new TestServices(_services, ScriptId, Configuration, new TestHttpClients(ScriptId, () => HttpHandler), Time);
}
