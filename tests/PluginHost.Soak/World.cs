using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.Soak;

/// <summary>The repository, the host over it, and those who use both.</summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Plugins = ["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"];

    private readonly TestDirectory _folder = new();
    private readonly string _urls = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Server.FreePort()}");
    private ReadyHost? _host;

    public World(int seed)
    {
        Random = new Random(seed);
        Directory.CreateDirectory(Temporary);
        Clock = new Clock(_folder.Combine("clock"));
        History = new History(_folder.Path, new SourceText(Journal));
        History.Commit("First", [.. Plugins.Select(plugin => (plugin, (Content?)History.Next(ContentKind.Good)))]);
        Push();
    }

    /// <summary>Decides all that happens, so that a seed makes it happen again.</summary>
    public Random Random { get; }

    public History History { get; }

    public Clock Clock { get; }

    public Expectations Expectations { get; } = new();

    public Callers? Callers { get; private set; }

    public Silence? Silence { get; private set; }

    /// <summary>Where each script writes that it ran.</summary>
    public string Journal => _folder.Combine("journal");

    public string Data => _folder.Combine("data");

    /// <summary>The host's folder for temporary files.</summary>
    public string Temporary => _folder.Combine("tmp");

    public ReadyHost Host => _host ?? throw new InvalidOperationException("The host is down.");

    /// <summary>How often the host was started.</summary>
    public int Starts { get; private set; }

    public async Task StartAsync(int callers)
    {
        await StartHostAsync();
        Callers = new Callers(new Uri(_urls), Plugins, callers, Random.Next());
        Silence = new Silence(new Uri(_urls));
    }

    /// <summary>Starts the host and waits until its first load has ended.</summary>
    public async Task StartHostAsync()
    {
        await LaunchHostAsync();
        await Host.UntilReadyAsync();
    }

    /// <summary>Starts the host; its first load goes on.</summary>
    public async Task LaunchHostAsync()
    {
        _host = await ReadyHost.LaunchAsync(History.Remote, Data, urls: _urls, supervised: true, environment: new Dictionary<string, string>(Clock.Variables)
        {
            ["TMPDIR"] = Temporary,
            ["PluginHost__Runs__CancelGrace"] = "00:00:10",

            // It is the soak that ends the host, and not the scripts that are under way then.
            ["PluginHost__Runs__Quarantine__Crashes"] = "0",
        });
        Starts++;
    }

    /// <summary>Ends the supervisor; the host follows it.</summary>
    public async Task KillHostAsync()
    {
        var host = Host.SupervisedProcessId;
        await Host.KillAsync();
        await UntilGoneAsync(host);
        await Host.DisposeAsync();
        _host = null;
    }

    /// <summary>Ends the host; its supervisor starts it again.</summary>
    public async Task KillSupervisedAsync()
    {
        Command.Run("/", "kill", "-KILL", string.Create(CultureInfo.InvariantCulture, $"{Host.SupervisedProcessId}"));
        await UntilUpAgainAsync();
    }

    /// <summary>Waits until a host that may have just ended answers, and has loaded its plugins.</summary>
    public async Task UntilUpAgainAsync()
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < ReadyHost.Patience; await Task.Delay(100))
        {
            try
            {
                await Host.UntilReadyAsync();
                return;
            }
            catch (HttpRequestException)
            {
                // It has not listened again yet.
            }
        }

        throw new InvariantException($"The supervisor has not brought the host back: {Host.Output}");
    }

    public static async Task UntilGoneAsync(int process)
    {
        while (IsThere(process))
        {
            await Task.Delay(50);
        }
    }

    /// <summary>Where Linux shows a process.</summary>
    public static string Proc(int process) => string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");

    public async Task StopHostAsync()
    {
        var exitCode = await Host.StopAsync();
        var said = Host.Output;
        await Host.DisposeAsync();
        _host = null;
        if (exitCode != 0)
        {
            throw new InvariantException($"The host was asked to stop and ended with {exitCode}: {said}");
        }
    }

    public void Push()
    {
        History.Push();
        if (!History.IsOutOfReach)
        {
            Expectations.Pushed(History.Tip, TimeProvider.System.GetUtcNow());
        }
    }

    public void ComeBack()
    {
        History.ComeBack();
        Push();
    }

    private static bool IsThere(int process)
    {
        try
        {
            // One that has ended stays until its parent has asked how: a zombie.
            return !File.ReadAllText($"{Proc(process)}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>One of the plugins that the tip holds.</summary>
    public string PickPlugin() => History.Tip.Keys.ElementAt(Random.Next(History.Tip.Count));

    /// <summary>Asks for a run and waits for its end.</summary>
    public Task<JsonNode> RunAsync(string script, object? parameters = null) => Host.RunAsync(script, parameters);

    public async ValueTask DisposeAsync()
    {
        if (Callers is not null)
        {
            await Callers.DisposeAsync();
        }

        if (Silence is not null)
        {
            await Silence.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _folder.Dispose();
    }
}
