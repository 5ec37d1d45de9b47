using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>Nodes are killed, frozen and cut off, PostgreSQL goes away, and versions are swapped meanwhile, as a seed decides.</summary>
/// <remarks>Judged from the outside: by what the scripts are due for, by what they wrote down, and by the ledger.</remarks>
public sealed class EverythingFails : ClusterTestBase
{
    private const int Nodes = 3;

    // A minute is enough for each to happen. PLUGINHOST_TESTS_FAULTS=00:10:00 asks for more, PLUGINHOST_TESTS_SCRIPTS=6 for
    // so many times the scripts, PLUGINHOST_TESTS_SEED for other decisions.
    private static readonly TimeSpan Time = TimeSpan.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_FAULTS"), CultureInfo.InvariantCulture, out var time) ? time : TimeSpan.FromSeconds(60);
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261127;
    private static readonly int Times = int.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_SCRIPTS"), CultureInfo.InvariantCulture, out var times) ? times : 1;

    private static readonly (string Name, string Attributes, int Work, int Seconds)[] Kinds =
    [
        ("Often", "[Script(RerunWhenLost = true)] [Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow, CatchUp = CatchUpPolicy.All)]", 300, 1),
        ("Alone", "[Script(RerunWhenLost = true)] [Schedule(\"*/2 * * * * *\")]", 500, 2),
        ("Lost", "[Schedule(\"*/3 * * * * *\", Overlap = OverlapPolicy.QueueAll, CatchUp = CatchUpPolicy.All)]", 400, 3),
    ];

    private static readonly (string Name, string Attributes, int Work, int Seconds)[] Scripts =
        [.. Enumerable.Range(0, Times).SelectMany(i => Kinds.Select(kind => kind with { Name = $"{kind.Name}{i}" }))];

    private readonly ReadyHost[] _nodes = new ReadyHost[Nodes];
    private readonly CuttableNetwork[] _networks = new CuttableNetwork[Nodes];
    private readonly ConcurrentQueue<string> _acts = new();
    private readonly ConcurrentQueue<string> _ended = new();
    private int _swaps;

    [Test]
    public async Task EachDueTimeRunsOnce_OrTheLedgerSaysWhyNot_AndWhatWasLostIsMarked()
    {
        Commit();
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(StartAsync));
        await _nodes[0].UntilAsync("api/v1/occurrences?script=A.Lost0", page => page["items"]!.AsArray().Count > 1);
        var begun = DateTimeOffset.UtcNow;

        // Each once, and then whatever comes. The nodes fail independently of each other, and so now and then all at once.
        var first = new ConcurrentQueue<string>(["kill", "short freeze", "long freeze", "cut"]);
        using var end = new CancellationTokenSource();
        bool GoesOn(bool isEachDone) => !end.IsCancellationRequested && (!isEachDone || DateTimeOffset.UtcNow - begun < Time);
        await Task.WhenAll(new[] { ActOnDatabaseAsync(GoesOn) }.Concat(Enumerable.Range(0, Nodes).Select(i => ActOnNodeAsync(i, first, GoesOn))).Select(async acting =>
        {
            try
            {
                await acting;
            }
            catch
            {
                // The others need not go on for that.
                await end.CancelAsync();
                throw;
            }
        }));

        var ended = DateTimeOffset.UtcNow;
        var acts = string.Join(", ", _acts.CountBy(act => act).OrderBy(act => act.Key).Select(act => $"{act.Value} x {act.Key}"));
        TestContext.Out.WriteLine($"Seed {Seed}, {Nodes} nodes, {(ended - begun).TotalMinutes:F1} minutes: {acts}");
        await UntilAccountedAsync(ended);
        var judge = new Judge(
            ReadBook().Where(line => line.What == "begin"), await ListAsync(_nodes[0], "api/v1/runs?limit=500"));
        foreach (var script in Scripts)
        {
            judge.Look($"A.{script.Name}", await ListAsync(_nodes[0], $"api/v1/occurrences?script=A.{script.Name}&limit=500"), begun, ended, script.Seconds);
        }

        TestContext.Out.WriteLine(judge.Counts);
        Assert.That(judge.Wrong, Is.Empty);
        Assert.That(_ended, Is.Empty, "a node ended by itself");
    }

    [TearDown]
    public void MendNetworks() => Array.ForEach(_networks, network => network?.Mend());

    [OneTimeTearDown]
    public async Task EndNetworks()
    {
        foreach (var network in _networks.OfType<CuttableNetwork>())
        {
            await network.DisposeAsync();
        }
    }

    private async Task ActOnNodeAsync(int i, ConcurrentQueue<string> first, Func<bool, bool> goesOn)
    {
        var random = new Random(HashCode.Combine(Seed, i) & int.MaxValue);
        while (goesOn(first.IsEmpty))
        {
            var act = first.TryDequeue(out var due) ? due : random.Next(100) switch { < 70 => "kill", < 80 => "short freeze", < 90 => "long freeze", _ => "cut" };
            await Task.Delay(random.Next(500, 5000));
            if (_nodes[i].HasEnded)
            {
                _ended.Enqueue(_nodes[i].Output);
                await StartAsync(i);
            }

            _acts.Enqueue(act);
            await (act switch
            {
                "kill" => KillAsync(i, random.Next(500, 5000)),
                "short freeze" => FreezeAsync(i, 1500),
                "long freeze" => FreezeAsync(i, 9000),
                _ => CutAsync(i, random.Next(2000, 12_000)),
            });
        }
    }

    private async Task ActOnDatabaseAsync(Func<bool, bool> goesOn)
    {
        var random = new Random(Seed);
        var first = new Queue<string>(["swap", "PostgreSQL stopped"]);
        while (goesOn(first.Count == 0))
        {
            var act = first.TryDequeue(out var due) ? due : random.Next(8) switch { 0 => "PostgreSQL stopped", 1 => "PostgreSQL killed", _ => "swap" };
            _acts.Enqueue(act);
            if (act == "swap")
            {
                Commit();
            }
            else
            {
                Postgres.Stop(asIfKilled: act == "PostgreSQL killed");
                await Task.Delay(random.Next(8000, 15_000));
                Postgres.StartAgain();
            }

            await Task.Delay(random.Next(20_000, 60_000));
        }
    }

    private void Commit() => AddWriters($"{_swaps++}", [.. Scripts.Select(script => (script.Name, script.Attributes, script.Work))]).Commit($"{_swaps}");

    private async Task KillAsync(int i, int away)
    {
        await _nodes[i].KillAsync();
        await Task.Delay(away);
        await StartAsync(i);
    }

    private async Task FreezeAsync(int i, int milliseconds)
    {
        Signal(i, "-STOP");
        await Task.Delay(milliseconds);
        Signal(i, "-CONT");
    }

    private async Task CutAsync(int i, int milliseconds)
    {
        _networks[i].Cut();
        await Task.Delay(milliseconds);
        _networks[i].Mend();
    }

    /// <summary>Starts a node until it is ready: one that finds no database gives up, and is started again as by any supervisor.</summary>
    private async Task StartAsync(int i)
    {
        _networks[i] ??= new CuttableNetwork(Postgres.Socket);

        // As the README has the server set.
        var through = $"Host=127.0.0.1;Port={_networks[i].Port};Username=postgres;Database=postgres;Options=-c idle_in_transaction_session_timeout=5s";
        for (var begun = DateTimeOffset.UtcNow; ; await Task.Delay(1000))
        {
            try
            {
                _nodes[i] = await LaunchNodeAsync(i, through);
                await _nodes[i].UntilReadyAsync();
                return;
            }
            catch (Exception failure) when (failure is InvalidOperationException or HttpRequestException && DateTimeOffset.UtcNow - begun < ReadyHost.Patience)
            {
                var said = failure is InvalidOperationException ? failure.Message : _nodes[i].Output;
                _acts.Enqueue("start without a database");
                if (!said.Contains("database", StringComparison.Ordinal))
                {
                    _ended.Enqueue(said);
                }
            }
        }
    }

    private void Signal(int node, string signal) => Command.Run("/", "kill", signal, _nodes[node].ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits until nothing is under way of what was due until then.</summary>
    private async Task UntilAccountedAsync(DateTimeOffset ended)
    {
        await Task.WhenAll(_nodes.Select(node => node.UntilReadyAsync()));
        foreach (var script in Scripts)
        {
            await _nodes[0].UntilAsync($"api/v1/occurrences?script=A.{script.Name}&limit=1", page => Moment(page["items"]![0]!, "due") > ended.AddSeconds(15));
        }

        foreach (var state in (string[])["running", "queued"])
        {
            await _nodes[0].UntilAsync($"api/v1/runs?state={state}&limit=500", page => page["items"]!.AsArray().All(run => Moment(run!, "queuedAt") > ended.AddSeconds(10)));
        }
    }

    private static DateTimeOffset Moment(JsonNode row, string name) => DateTimeOffset.Parse(row[name]!.ToString(), CultureInfo.InvariantCulture);
}
