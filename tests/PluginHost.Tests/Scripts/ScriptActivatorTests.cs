using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class ScriptActivatorTests
{
    [Test]
    public async Task Create_ServesTheConstructor()
    {
        await using var app = new FakeScriptServices(services => services.AddSingleton<IOrders, Orders>().Share<IOrders>());

        var script = (Served)Create(app, typeof(Served));

        Assert.That(script.Orders, Is.InstanceOf<Orders>());
        Assert.That(script.Log, Is.Not.Null);
        Assert.That(script.Pages, Is.EqualTo(3), "a default value serves where no service does");
    }

    [Test]
    public async Task Create_TakesTheLongestConstructorThatCanBeServed()
    {
        await using var with = new FakeScriptServices(services => services.AddSingleton<IOrders, Orders>().Share<IOrders>());
        await using var without = new FakeScriptServices();

        Assert.That(((Several)Create(with, typeof(Several))).Used, Is.EqualTo("orders, time"));
        Assert.That(((Several)Create(without, typeof(Several))).Used, Is.EqualTo("time"));
    }

    [Test]
    public async Task Create_PrefersTheMarkedConstructor()
    {
        await using var app = new FakeScriptServices();

        Assert.That(((Marked)Create(app, typeof(Marked))).Used, Is.EqualTo("nothing"));
    }

    [Test]
    public async Task Create_OfAKeyedService_HandsItOver()
    {
        await using var app = new FakeScriptServices(services => services.AddKeyedSingleton<IOrders, Orders>("eu").Share<IOrders>());

        Assert.That(((Keyed)Create(app, typeof(Keyed))).Orders, Is.InstanceOf<Orders>());
    }

    [Test]
    public async Task Create_WhereSeveralServicesAreMissing_NamesEach()
    {
        await using var app = new FakeScriptServices();

        Assert.That(Problems(app, typeof(Needy)), Is.EqualTo(new[]
        {
            "Its constructor asks for 'IOrders orders'. The host does not share that with scripts. Where it may, its operator adds this line: builder.Services.AddPluginHost().Share<IOrders>();",
            "Its constructor asks for 'IRepository<Order> repository'. The host does not share that with scripts. Where it may, its operator adds this line: builder.Services.AddPluginHost().Share<IRepository<Order>>();",
            "Its constructor asks for 'int pages'. That is a value, not a service. Make it a parameter of the script, [Parameter] public int Pages { get; init; }, or read it from IConfiguration.",
            "Its constructor asks for 'IHttpClientFactory clients'. Ask for HttpClient instead.",
        }));
    }

    [Test]
    public async Task Create_OfAServiceThatIsSharedButNotRegistered_SaysSo()
    {
        await using var app = new FakeScriptServices(services => services.Share<IOrders>());

        Assert.That(Problems(app, typeof(Served)).Single(), Is.EqualTo(
            "Its constructor asks for 'IOrders orders'. The host shares 'IOrders' with scripts, but has not registered it: its operator has to add it to builder.Services."));
        Assert.That(Problems(app, typeof(Keyed)).Single(), Is.EqualTo(
            "Its constructor asks for 'IOrders orders'. The host shares 'IOrders' with scripts, but has registered none with the key 'eu'."));
    }

    [Test]
    public async Task Create_OfAServiceThatGivesNull_SaysSo()
    {
        await using var app = new FakeScriptServices(services => services.AddSingleton<IOrders>(_ => null!).Share<IOrders>());

        Assert.That(Problems(app, typeof(Served)).Single(), Is.EqualTo("The host shares 'IOrders' with scripts, but what it registered for it gave null."));
    }

    [Test]
    public async Task Create_WithoutAPublicConstructor_SaysSo()
    {
        await using var app = new FakeScriptServices();

        Assert.That(Problems(app, typeof(Hidden)).Single(), Is.EqualTo("Hidden has no public constructor. Make one public, or remove them all."));
    }

    [Test]
    public async Task Create_WhereTheConstructorThrows_ThrowsWhatItThrows()
    {
        await using var app = new FakeScriptServices();

        Assert.That(() => Create(app, typeof(Throwing)), Throws.TypeOf<NotSupportedException>().With.Message.EqualTo("evil"));
    }

    [TestCase(typeof(SyncDisposable))]
    [TestCase(typeof(AsyncDisposable))]
    [TestCase(typeof(BothDisposable))]
    public async Task DisposeAsync_OfADisposableScript_DisposesItOnce(Type type)
    {
        var script = (ICountsDisposals)Activator.CreateInstance(type)!;

        await ScriptActivator.DisposeAsync(script);

        Assert.That(script.Disposals, Is.EqualTo(1));
    }

    [Test]
    public async Task DisposeAsync_OfAnyOtherScript_DoesNothing() => await ScriptActivator.DisposeAsync(new Several(TimeProvider.System));

    [Test]
    public async Task DisposeAsync_GoesOnOutsideTheScript()
    {
        var script = new AsyncDisposable(finished: false);
        var disposing = ScriptActivator.DisposeAsync(script).AsTask();
        var stack = disposing.ContinueWith(_ => Environment.StackTrace, TaskContinuationOptions.ExecuteSynchronously);
        script.Finish();

        Assert.That(await stack, Does.Not.Contain(nameof(AsyncDisposable.Finish)));
    }

    private static IScript Create(FakeScriptServices app, Type type) =>
        ScriptActivator.Create(type, ScriptConstructor.Of(type), app.Factory.Create("Shop.Daily", NullLoggerFactory.Instance));

    private static IReadOnlyList<string> Problems(FakeScriptServices app, Type type) =>
        Assert.Throws<ScriptActivationException>(() => Create(app, type))!.Problems;

    public interface IOrders;

    public sealed class Orders : IOrders;

    public sealed class Order;

    public interface IRepository<T>;

    public sealed class Served(IOrders orders, ILogger<Served> log, int pages = 3) : TestScript
    {
        public IOrders Orders => orders;

        public ILogger<Served> Log => log;

        public int Pages => pages;
    }

    public sealed class Needy(IOrders orders, IRepository<Order> repository, int pages, IHttpClientFactory clients) : TestScript
    {
        public override string ToString() => $"{orders} {repository} {pages} {clients}";
    }

    public sealed class Several(TimeProvider time) : TestScript
    {
        public Several(IOrders orders, TimeProvider time) : this(time) => Used = $"{(orders is null ? "" : "orders, ")}time";

        public string Used { get; } = time is null ? "" : "time";
    }

    public sealed class Marked : TestScript
    {
        public Marked(TimeProvider time) => Used = $"{time}";

        [ActivatorUtilitiesConstructor]
        public Marked() => Used = "nothing";

        public string Used { get; }
    }

    public sealed class Keyed([FromKeyedServices("eu")] IOrders orders) : TestScript
    {
        public IOrders Orders => orders;
    }

    public sealed class Hidden : TestScript
    {
        private Hidden()
        {
        }

        public static Hidden Create() => new();
    }

    public sealed class Throwing : TestScript
    {
        public Throwing() => throw new NotSupportedException("evil");
    }

    public interface ICountsDisposals
    {
        int Disposals { get; }
    }

    public sealed class SyncDisposable : TestScript, ICountsDisposals, IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }

    public sealed class AsyncDisposable : TestScript, ICountsDisposals, IAsyncDisposable
    {
        private readonly TaskCompletionSource _finish = new();

        public AsyncDisposable() : this(true)
        {
        }

        internal AsyncDisposable(bool finished)
        {
            if (finished)
            {
                _finish.SetResult();
            }
        }

        public int Disposals { get; private set; }

        public async ValueTask DisposeAsync()
        {
            Disposals++;
            await _finish.Task;
        }

        public void Finish() => _finish.SetResult();
    }

    public sealed class BothDisposable : TestScript, ICountsDisposals, IDisposable, IAsyncDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;

        public ValueTask DisposeAsync()
        {
            Disposals++;
            return ValueTask.CompletedTask;
        }
    }
}
