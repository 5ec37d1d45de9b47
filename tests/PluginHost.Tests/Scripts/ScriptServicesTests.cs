using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class ScriptServicesTests
{
    private readonly RecordingLoggers _loggers = new();

    [Test]
    public async Task GetService_OfAService_ThatIsRegisteredButNotShared_IsNull()
    {
        await using var app = new FakeScriptServices(services => services.AddSingleton<Orders>());
        await using var run = app.Factory.Create("Shop.Daily", _loggers);

        Assert.That(run.GetService(typeof(Orders)), Is.Null);
        Assert.That(run.IsService(typeof(Orders)), Is.False);
    }

    [Test]
    public async Task GetService_OfASharedSingleton_IsTheAppsOwn_AndOutlivesTheRun()
    {
        await using var app = new FakeScriptServices(services => services.AddSingleton<Orders>().Share<Orders>());
        var run = app.Factory.Create("Shop.Daily", _loggers);

        var orders = run.GetRequiredService<Orders>();
        await run.DisposeAsync();

        Assert.That(orders, Is.SameAs(app.Provider.GetRequiredService<Orders>()));
        Assert.That(orders.IsDisposed, Is.False);
    }

    [Test]
    public async Task GetService_OfASharedScopedService_IsOneForEachRun_AndEndsWithIt()
    {
        await using var app = new FakeScriptServices(services => services.AddScoped<Orders>().Share<Orders>());
        var first = app.Factory.Create("Shop.Daily", _loggers);
        await using var second = app.Factory.Create("Shop.Daily", _loggers);

        var orders = first.GetRequiredService<Orders>();
        Assert.That(first.GetRequiredService<Orders>(), Is.SameAs(orders));
        Assert.That(second.GetRequiredService<Orders>(), Is.Not.SameAs(orders));

        await first.DisposeAsync();
        Assert.That(orders.IsDisposed, Is.True);
        Assert.That(second.GetRequiredService<Orders>().IsDisposed, Is.False);
    }

    [Test]
    public async Task CreateScope_WithinARun_HasScopedServicesOfItsOwn()
    {
        await using var app = new FakeScriptServices(services => services.AddScoped<Orders>().Share<Orders>());
        await using var run = app.Factory.Create("Shop.Daily", _loggers);

        Orders inner;
        await using (var scope = ((IServiceProvider)run).CreateAsyncScope())
        {
            inner = scope.ServiceProvider.GetRequiredService<Orders>();
            Assert.That(inner, Is.Not.SameAs(run.GetRequiredService<Orders>()));
        }

        Assert.That(inner.IsDisposed, Is.True);
        Assert.That(run.GetRequiredService<Orders>().IsDisposed, Is.False);
    }

    [Test]
    public async Task GetKeyedService_OfASharedService_IsForwarded()
    {
        await using var app = new FakeScriptServices(services => services.AddKeyedSingleton<Orders>("eu").AddKeyedSingleton<Hidden>("eu").Share<Orders>());
        await using var run = app.Factory.Create("Shop.Daily", _loggers);

        Assert.That(run.GetKeyedService(typeof(Orders), "eu"), Is.SameAs(app.Provider.GetRequiredKeyedService<Orders>("eu")));
        Assert.That(run.IsKeyedService(typeof(Orders), "eu"), Is.True);
        Assert.That(run.IsKeyedService(typeof(Orders), "us"), Is.False);
        Assert.That(run.GetKeyedService(typeof(Hidden), "eu"), Is.Null);
        Assert.That(() => run.GetRequiredKeyedService(typeof(Hidden), "eu"), Throws.InvalidOperationException.With.Message.Contains("'Hidden' with the key 'eu'"));
    }

    [Test]
    public async Task GetService_OfAllOfASharedService_GivesAll()
    {
        await using var app = new FakeScriptServices(services => services.AddSingleton<Orders>().AddSingleton<Orders>().Share<Orders>());
        await using var run = app.Factory.Create("Shop.Daily", _loggers);

        Assert.That(run.GetServices<Orders>().Count(), Is.EqualTo(2));
        Assert.That(run.GetService<IEnumerable<Hidden>>(), Is.Null);
    }

    [Test]
    public async Task GetService_OfLoggers_WritesToTheLogOfTheRun()
    {
        await using var app = new FakeScriptServices();
        await using var run = app.Factory.Create("Shop.Daily", _loggers);

        run.GetRequiredService<ILogger<Orders>>().LogInformation("one");
        run.GetRequiredService<ILogger>().LogInformation("two");
        run.GetRequiredService<ILoggerFactory>().CreateLogger("own").LogInformation("three");

        Assert.That(_loggers.Lines, Is.EqualTo(new[]
        {
            "PluginHost.Tests.Scripts.ScriptServicesTests.Orders: one",
            "PluginHost.Scripts.Shop.Daily: two",
            "own: three",
        }));
        await run.DisposeAsync();
        Assert.That(_loggers.IsDisposed, Is.False, "whoever made them disposes them");
    }

    [Test]
    public async Task GetService_OfConfiguration_IsTheScriptsOwnSection_AndNothingElse()
    {
        await using var app = new FakeScriptServices(null, new Dictionary<string, string?>
        {
            ["ConnectionStrings:Main"] = "secret",
            ["PluginHost:Scripts:Shop.Daily:Limit"] = "5",
            ["PluginHost:Scripts:Shop.Daily:Mail:To"] = "a@example.org",
            ["PluginHost:Scripts:Shop.Weekly:Limit"] = "9",
        });
        await using var run = app.Factory.Create("shop.DAILY", _loggers);
        await using var other = app.Factory.Create("Shop.Other", _loggers);

        var settings = run.GetRequiredService<IConfiguration>();

        Assert.That(settings.AsEnumerable().Where(setting => setting.Value is not null), Is.EquivalentTo(new Dictionary<string, string?> { ["Limit"] = "5", ["Mail:To"] = "a@example.org" }));
        Assert.That(settings.GetReloadToken().HasChanged, Is.False);
        Assert.That(other.GetRequiredService<IConfiguration>().AsEnumerable(), Is.Empty);
    }

    [Test]
    public async Task GetService_OfHttpClient_IsNewEachTime_AndEndsWithTheRun()
    {
        await using var app = new FakeScriptServices(services => services.AddHttpClient("PluginHost.Scripts", client => client.BaseAddress = new Uri("http://shop.example")));
        var run = app.Factory.Create("Shop.Daily", _loggers);

        var client = run.GetRequiredService<HttpClient>();
        Assert.That(client.BaseAddress, Is.EqualTo(new Uri("http://shop.example")), "the app configures the client by its name");
        Assert.That(run.GetRequiredService<HttpClient>(), Is.Not.SameAs(client));

        await run.DisposeAsync();
        Assert.That(async () => await client.GetAsync(new Uri("http://shop.example")), Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCase(typeof(TimeProvider))]
    [TestCase(typeof(IServiceProvider))]
    [TestCase(typeof(IServiceScopeFactory))]
    [TestCase(typeof(IServiceProviderIsService))]
    [TestCase(typeof(IServiceProviderIsKeyedService))]
    [TestCase(typeof(HttpClient))]
    [TestCase(typeof(IConfiguration))]
    [TestCase(typeof(ILogger))]
    [TestCase(typeof(ILogger<string>))]
    [TestCase(typeof(ILoggerFactory))]
    public async Task IsService_OfWhatTheHostGives_AgreesWithGetService(Type type)
    {
        await using var app = new FakeScriptServices();
        await using var run = app.Factory.Create("Shop.Daily", _loggers);

        Assert.That(run.IsService(type), Is.True);
        Assert.That(run.GetService(type), Is.InstanceOf(type));
    }

    [Test]
    public async Task GetService_OfWhatTheAppSharesItself_IsTheAppsAndNotOurs()
    {
        using var client = new HttpClient();
        await using var app = new FakeScriptServices(services => services.AddSingleton(client).Share<HttpClient>());
        await using var run = app.Factory.Create("Shop.Daily", _loggers);

        Assert.That(run.GetRequiredService<HttpClient>(), Is.SameAs(client));
    }

    [Test]
    public async Task GetService_AfterTheRun_Throws()
    {
        await using var app = new FakeScriptServices();
        var run = app.Factory.Create("Shop.Daily", _loggers);
        await run.DisposeAsync();
        await run.DisposeAsync();

        Assert.That(() => run.GetService(typeof(TimeProvider)), Throws.TypeOf<ObjectDisposedException>());
    }

    public sealed class Hidden;

    public sealed class Orders : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class RecordingLoggers : ILoggerFactory
    {
        public List<string> Lines { get; } = [];

        public bool IsDisposed { get; private set; }

        public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, Lines);

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Recorder(string category, List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{category}: {formatter(state, exception)}");
    }
}
