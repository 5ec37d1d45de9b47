using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Loading;
using PluginHost.Scripts;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace PluginHost.Tests.Scripts;

/// <summary>This assembly, loaded a second time into a context that can be unloaded, is the plugin here.</summary>
[NonParallelizable]
public sealed class ScriptsThatLeaveMemoryTests
{
    [TestCase(nameof(Full))]
    [TestCase(nameof(Wrong))]
    [TestCase(nameof(NeedsOwnClass))]
    [TestCase(nameof(UsesJson))]
    public async Task Unload_AfterReadingAndRunning_FreesThePlugin(string script)
    {
        await using var app = new FakeScriptServices(services => services.AddScoped<Random>().Share<Random>());

        var context = Use(app, script, out _);
        RuntimeCaches.Clear();

        Assert.That(IsCollected(context), Is.True);
    }

    [Test]
    public async Task Unload_WhileDescriptorsProblemsAndGivenValuesAreKept_FreesThePlugin()
    {
        await using var app = new FakeScriptServices(services => services.AddScoped<Random>().Share<Random>());

        var context = Use(app, nameof(Full), out var kept);
        RuntimeCaches.Clear();

        Assert.That(IsCollected(context), Is.True);
        Assert.That(kept.Descriptor!.ParameterSchema["properties"]!["Tone"]!["default"]!.GetValue<string>(), Is.EqualTo("Friendly"));
        Assert.That(kept.Effective!["Window"]!["Step"]!.GetValue<int>(), Is.EqualTo(2));
        Assert.That(kept.Problems, Is.Empty);
    }

    [Test]
    public async Task Create_OfAClassOfThePluginItself_SaysWhoConstructsIt()
    {
        await using var app = new FakeScriptServices();

        Use(app, nameof(NeedsOwnClass), out var kept);

        Assert.That(kept.Problems.Single().Message, Does.EndWith("Its constructor asks for 'Helper helper'. That is a class of the plugin itself, which the host does not construct. Construct it in the script."));
    }

    [Test]
    public async Task Create_OfASharedServiceThatThePluginBringsACopyOf_SaysWhatToLeaveOut()
    {
        await using var app = new FakeScriptServices(services => services.AddSingleton<Helper>().Share<Helper>());

        Use(app, nameof(NeedsOwnClass), out var kept);

        Assert.That(kept.Problems.Single().Message, Does.Contain("The host shares 'PluginHost.Tests.Scripts.ScriptsThatLeaveMemoryTests.Helper' with scripts, but the plugin brings a copy of its own of PluginHost.Tests.dll, which makes it a different type."));
    }

    private sealed record Kept(ScriptDescriptor? Descriptor, JsonObject? Effective, IReadOnlyList<ScriptProblem> Problems);

    // Not inlined: a local of this method must not live on in the one that waits for the plugin to go.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(FakeScriptServices app, string name, out Kept kept)
    {
        var context = new AssemblyLoadContext("plugin", isCollectible: true);
        var type = LoadThisAssembly(context).GetType(typeof(ScriptsThatLeaveMemoryTests).FullName + "+" + name, throwOnError: true)!;
        Assert.That(type.Assembly, Is.Not.EqualTo(Assembly.GetExecutingAssembly()));

        var read = new ScriptValidator(new IsolationPolicy(Options.Create(new PluginHostOptions()))).Validate(ScriptReader.Read("Shop", [type]), app.Factory.ForVersion());
        kept = read.Scripts is [var script] && read.Problems.Count == 0
            ? new Kept(script.Descriptor, Run(app, script), read.Problems)
            : new Kept(null, null, read.Problems);

        context.Unload();
        return new WeakReference(context, trackResurrection: true);
    }

    private static Assembly LoadThisAssembly(AssemblyLoadContext context)
    {
        using var file = File.OpenRead(Assembly.GetExecutingAssembly().Location);
        return context.LoadFromStream(file);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static JsonObject Run(FakeScriptServices app, ScriptClass script)
    {
        Assert.That(script.Parameters.Bind(new JsonObject { ["Window"] = 5, ["Tone"] = "x", ["Nonsense"] = 1 }, out _), Is.Null);
        var values = script.Parameters.Bind(
            (JsonObject)JsonNode.Parse("""{"Days":3,"Tone":"formal","Window":{"From":"2026-11-24","Step":2},"Windows":[{"From":"2026-11-24"}]}""")!, out var errors);
        Assert.That(errors, Is.Empty);

        var services = app.Factory.Create(script.Descriptor.Id, NullLoggerFactory.Instance);
        var instance = script.Create(services);
        values!.ApplyTo(instance);
        instance.RunAsync(null!, CancellationToken.None).GetAwaiter().GetResult();
        ScriptActivator.DisposeAsync(instance).AsTask().GetAwaiter().GetResult();
        services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return values.Effective;
    }

    private static bool IsCollected(WeakReference context)
    {
        for (var i = 0; i < 15 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return !context.IsAlive;
    }

    public sealed class Helper;

    public enum Tone
    {
        Friendly,
        Formal,
    }

    public sealed record Window(DateOnly From, [Range(1, 9)] int Step = 1);

    public abstract class WithParameters : TestScript
    {
        [Parameter, Range(1, 10)]
        public int Days { get; init; } = 1;

        [Parameter, Odd]
        public int? Odd { get; init; }

        [Parameter]
        public Tone Tone { get; init; }

        [Parameter]
        public Window? Window { get; init; }

        [Parameter]
        public List<Window> Windows { get; init; } = [];

        [Parameter]
        public Dictionary<string, Tone> Tones { get; init; } = new() { ["a"] = Tone.Formal };

        [Parameter]
        public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(1);
    }

    [Script(Description = "Asks for all there is", Timeout = "5m")]
    [Schedule("0 6 * * *", Jitter = "10m")]
    public sealed class Full(
        ILogger<Full> log, ILogger plain, ILoggerFactory loggers, IConfiguration settings, HttpClient http, TimeProvider time, Random shared, IServiceProvider services) : WithParameters, IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            log.LogInformation("{Days} {Plain} {Loggers} {Settings} {Http} {Time} {Shared}", Days, plain, loggers, settings, http, time, shared.Next());

            // Neither a class of the plugin nor a list of it may reach the container of the app.
            Assert.That(services.GetService(typeof(Helper)), Is.Null);
            Assert.That(services.GetService(typeof(IEnumerable<Helper>)), Is.Null);
            return ValueTask.CompletedTask;
        }
    }

    [Script(Name = "not right", Timeout = "x")]
    [Schedule("x")]
    public sealed class Wrong : TestScript
    {
        [Parameter]
        public Stream? Stream { get; init; }

        [Parameter]
        public List<Helper>? Helpers { get; }
    }

    public sealed class NeedsOwnClass(Helper helper) : WithParameters
    {
        public override string ToString() => $"{helper}";
    }

    public sealed class UsesJson : WithParameters, IDisposable
    {
        public void Dispose() => JsonSerializer.Deserialize<Window>(JsonSerializer.Serialize(new Window(DateOnly.MinValue)));
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class OddAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => value is null || ((int)value % 2) != 0;
    }
}
