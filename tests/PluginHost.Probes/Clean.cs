using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Linq.Expressions;
using System.Net;
using System.Net.Sockets;
using System.Reflection.Emit;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using System.Xml.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PluginHost.Probes.Clean;

// These let their version go by themselves.

public sealed class Nothing : Probe;

public sealed class Awaits : Probe
{
    protected override async Task DoAsync(ScriptContext context, CancellationToken cancellationToken) => await Task.Delay(5, cancellationToken);
}

public sealed class Parallels : Probe
{
    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(Enumerable.Range(0, 20), cancellationToken, async (i, token) => await Task.Delay(1, token));
}

public sealed class UnreferencedTimer : Probe
{
    protected override void Do() => new Timer(_ => { }, null, 1, 1);
}

public sealed class DisposedTimer : Probe
{
    private static Timer? _timer;

    protected override void Do()
    {
        _timer = new Timer(_ => { }, null, 1, 1);
        _timer.Dispose();
    }
}

public sealed class NeverCompletedTask : Probe
{
    private static readonly TaskCompletionSource<Order> Never = new();

    protected override void Do() => Never.Task.ContinueWith(_ => { }, TaskScheduler.Default);
}

public sealed class LoopThatHonoursTheToken : Probe
{
    protected override async Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loop = Task.Run(async () => { while (!stop.IsCancellationRequested) { await Task.Delay(1, CancellationToken.None); } }, CancellationToken.None);
        await stop.CancelAsync();
        await loop;
    }
}

public sealed class RegistersOnItsToken : Probe
{
    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        cancellationToken.Register(() => { });
        CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return Task.CompletedTask;
    }
}

public sealed class Logs : Probe
{
    private static readonly Action<ILogger, Order, Exception?> Message = LoggerMessage.Define<Order>(LogLevel.Information, new EventId(1), "{Order}");

    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        Message(context.Logger, new Order(1, Size.Large), new InvalidOperationException("x"));
        using var scope = context.Logger.BeginScope(new Order(2, Size.Small));
        context.Services.GetRequiredService<ILogger<Order>>().LogInformation("{Order}", new Order(3, Size.Small));
        return Task.CompletedTask;
    }
}

public sealed class AsksForServicesOfItsTypes : Probe
{
    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        context.Services.GetService<Order>();
        var left = context.Services.CreateScope();
        left.ServiceProvider.GetService<ILogger<Size>>();
        return Task.CompletedTask;
    }
}

public sealed class Results : Probe
{
    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        context.ReportProgress(0.5, "half");
        context.SetResult(new Order(1, Size.Large));
        return Task.CompletedTask;
    }
}

public sealed class Throws : Probe
{
    protected override void Do() => throw new OwnException(new Order(1, Size.Large));

    private sealed class OwnException(Order order) : Exception
    {
        public override string Message => order.ToString();
    }
}

public sealed class JsonDocuments : Probe
{
    protected override void Do() => JsonDocument.Parse("{\"a\":1}").RootElement.GetProperty("a").GetInt32();
}

public sealed class XmlOfAType : Probe
{
    protected override void Do() => new XmlSerializer(typeof(Row)).Serialize(TextWriter.Null, new Row());
}

public sealed class Row
{
    public int Id { get; set; }
}

public sealed class Contracts : Probe
{
    protected override void Do() => new DataContractSerializer(typeof(Row)).WriteObject(Stream.Null, new Row());
}

public sealed class CompiledRegex : Probe
{
    protected override void Do() => new Regex("a(b+)", RegexOptions.Compiled).Replace("abbb", match => match.Value);
}

public sealed class CompiledExpression : Probe
{
    protected override void Do()
    {
        Expression<Func<Order, int>> id = order => order.Id;
        id.Compile()(new Order(1, Size.Large));
    }
}

public sealed class EmittedMethod : Probe
{
    protected override void Do()
    {
        var method = new DynamicMethod("M", typeof(int), []);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldc_I4_1);
        code.Emit(OpCodes.Ret);
        ((Func<int>)method.CreateDelegate(typeof(Func<int>)))();
    }
}

public sealed class Enums : Probe
{
    protected override void Do() => $"{Enum.Parse<Size>("Large")} {Enum.GetValues<Size>().Length}".GetHashCode(StringComparison.Ordinal);
}

public sealed class Generics : Probe
{
    protected override void Do()
    {
        var seen = new Dictionary<Order, (Size, Order)> { [new Order(1, Size.Small)] = (Size.Large, new Order(2, Size.Small)) };
        EqualityComparer<Order>.Default.Equals(seen.Keys.First(), null);
        Comparer<Size>.Default.Compare(Size.Large, Size.Small);
        ArrayPool<Order>.Shared.Return(ArrayPool<Order>.Shared.Rent(10));
        Channel.CreateUnbounded<Order>().Writer.TryWrite(new Order(1, Size.Large));
        Array.Empty<Order>();
    }
}

public sealed class Reflects : Probe
{
    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        foreach (var member in typeof(Order).GetMembers())
        {
            member.GetCustomAttributes(inherit: true);
        }

        ActivatorUtilities.CreateInstance<Row>(context.Services);
        return Task.CompletedTask;
    }
}

public sealed class ThreadStatics : Probe
{
    [ThreadStatic] private static Order? _order;
    private static readonly ThreadLocal<Order> Local = new(() => new Order(1, Size.Large));
    private static readonly AsyncLocal<Order> Flows = new();

    protected override async Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        _order = new Order(1, Size.Large);
        Flows.Value = Local.Value!;
        await Task.Run(() => _order = new Order(2, Size.Large), cancellationToken);
    }
}

public sealed class Instruments : Probe
{
    private static readonly Meter Meter = new("probe");
    private static readonly ActivitySource Activities = new("probe");

    protected override void Do()
    {
        Meter.CreateCounter<int>("n").Add(1);
        Activities.StartActivity("a")?.Dispose();
        Events.Log.Write("e");
    }

    private sealed class Events : EventSource
    {
        public static readonly Events Log = new();
    }
}

public sealed class StaticHttpClient : Probe
{
    private static readonly HttpClient Client = new(new Handler());

    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken) => Client.GetAsync(new Uri("http://localhost/"), cancellationToken);

    private sealed class Handler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(new HttpResponseMessage());
    }
}

public sealed class ListenerLeftOpen : Probe
{
    private static readonly TcpListener Listener = new(IPAddress.Loopback, 0);

    protected override void Do() => Listener.Start();
}

public sealed class OwnContainer : Probe
{
    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        context.Services.GetRequiredService<ILoggerFactory>().CreateLogger<Order>();
        context.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Order).FullName!);
        return Task.CompletedTask;
    }
}
