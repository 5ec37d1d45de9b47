using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>Nodes are killed, frozen and upgraded, PostgreSQL goes away, and versions are swapped meanwhile, in an order that a seed decides.</summary>
/// <remarks>Judged from the outside: by what the scripts are due for, by what they wrote down, and by the ledger.</remarks>
public sealed class EverythingFails : ClusterTestBase
{
    private const int Nodes = 3;

    // A minute is enough for each to happen; PLUGINHOST_TESTS_FAULTS=0:10:00 asks for more, PLUGINHOST_TESTS_SEED for another
    // order, PLUGINHOST_TESTS_KILLS for that many kills at least, PLUGINHOST_TESTS_SCRIPTS for more scripts that run each second.
    private static readonly TimeSpan Time = TimeSpan.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_FAULTS"), CultureInfo.InvariantCulture, out var time) ? time : TimeSpan.FromSeconds(60);
    private static readonly int Seed = Asked.Number("PLUGINHOST_TESTS_SEED", 20261127);

    private static readonly int Kills = Asked.Number("PLUGINHOST_TESTS_KILLS", 1);

    private static readonly string[] EachSecond = [.. Enumerable.Range(1, Asked.Number("PLUGINHOST_TESTS_SCRIPTS", 1)).Select(number => $"Often{number}")];

    private static readonly (string Name, string Attributes, int Work)[] Scripts =
    [
        .. EachSecond.Select(name => (name, "[Script(RerunWhenLost = true)] [Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow, CatchUp = CatchUpPolicy.All)]", 300)),
        ("Alone", "[Script(RerunWhenLost = true)] [Schedule(\"*/2 * * * * *\")]", 500),
        ("Lost", "[Schedule(\"*/3 * * * * *\", Overlap = OverlapPolicy.QueueAll, CatchUp = CatchUpPolicy.All)]", 400),
    ];

    private static readonly Dictionary<string, int> Seconds = new(EachSecond.Select(name => KeyValuePair.Create($"A.{name}", 1))) { ["A.Alone"] = 2, ["A.Lost"] = 3 };

    private readonly Random _random = new(Seed);
    private readonly ReadyHost[] _nodes = new ReadyHost[Nodes];
    private readonly List<string> _acts = [];
    private readonly string[] _versions = [.. Enumerable.Repeat(OtherVersion.Own, Nodes)];
    private int _kills;
    private int _upgrades;
    private string _other = null!;

    [Test]
    public async Task EachDueTimeRunsOnce_OrTheLedgerSaysWhyNot_AndWhatWasLostIsMarked()
    {
        _other = OtherVersion.Build(Folder.Combine("other"));
        AddWriters("0", Scripts).Commit("0");
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(async i => _nodes[i] = await StartNodeAsync(i)));
        await _nodes[0].UntilAsync("api/v1/occurrences?script=A.Lost", page => page["items"]!.AsArray().Count > 1);
        var begun = DateTimeOffset.UtcNow;
        Func<Task>[] acts = [KillAsync, () => FreezeAsync(1.5), () => FreezeAsync(9), StopPostgresAsync, SwapAsync, UpgradeAsync];

        // Each once, in some order, and then whatever comes.
        var first = new Queue<Func<Task>>(acts.OrderBy(_ => _random.Next()));
        while (first.Count > 0 || DateTimeOffset.UtcNow - begun < Time || _kills < Kills)
        {
            await (first.TryDequeue(out var act) ? act : _kills < Kills && _random.Next(2) == 0 ? KillAsync : acts[_random.Next(acts.Length)])();
            await Task.Delay(_random.Next(500, 4000));
        }

        var ended = DateTimeOffset.UtcNow;
        await UntilAccountedAsync(ended);
        var counts = await JudgeAsync(begun, ended);
        TestContext.Out.WriteLine(counts);
    }

    [TearDown]
    public void TellWhatWasDone() => TestContext.Out.WriteLine($"Seed {Seed}: {string.Join(", ", _acts)}");

    /// <summary>One of them, or two at the same time.</summary>
    private Task KillAsync()
    {
        var killed = Enumerable.Range(0, Nodes).OrderBy(_ => _random.Next()).Take(_random.Next(1, Nodes)).Select(node => (Node: node, Gone: _random.Next(500, 8000))).ToList();
        _acts.Add($"kill node {string.Join(" and ", killed.Select(kill => kill.Node))}");
        _kills += killed.Count;
        return Task.WhenAll(killed.Select(async kill =>
        {
            await _nodes[kill.Node].KillAsync();
            await Task.Delay(kill.Gone);
            _nodes[kill.Node] = await StartNodeAsync(kill.Node);
        }));
    }

    private async Task FreezeAsync(double seconds)
    {
        var i = _random.Next(Nodes);
        _acts.Add($"freeze node {i} for {seconds} s");
        Signal(i, "-STOP");
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        Signal(i, "-CONT");
    }

    private async Task StopPostgresAsync()
    {
        _acts.Add("stop PostgreSQL");
        Postgres.Stop();
        await Task.Delay(_random.Next(8000, 15_000));
        Postgres.StartAgain();
    }

    private async Task SwapAsync()
    {
        Swap();
        await Task.Delay(3000);
    }

    private string Swap()
    {
        _acts.Add("swap");
        AddWriters($"{_acts.Count}", Scripts).Commit($"{_acts.Count}");
        return $"{_acts.Count}";
    }

    /// <summary>All nodes the first time; then as many as it comes, so that other faults meet both versions. Or back again.</summary>
    private async Task UpgradeAsync()
    {
        var version = new[] { OtherVersion.Own, OtherVersion.Next }.OrderBy(_ => _random.Next()).First(version => _versions.Any(has => has != version));
        var order = Enumerable.Range(0, Nodes).Where(node => _versions[node] != version).OrderBy(_ => _random.Next()).ToList();
        order = _upgrades == 0 ? order : order[.._random.Next(1, order.Count + 1)];
        _acts.Add($"{version} on node {string.Join(", then ", order)}");
        _upgrades += order.Count;
        await new RollingUpgrade(_nodes, StartAsync, Swap).GoAsync(order, version, [.. EachSecond.Select(name => $"A.{name}")]);
    }

    private Task<ReadyHost> StartAsync(int node, string version)
    {
        _versions[node] = version;
        if (version == OtherVersion.Own)
        {
            Programs.TryRemove(node, out _);
        }
        else
        {
            Programs[node] = _other;
        }

        return StartNodeAsync(node);
    }

    private void Signal(int node, string signal) => Command.Run("/", "kill", signal, _nodes[node].ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits until nothing is under way of what was due until then.</summary>
    private async Task UntilAccountedAsync(DateTimeOffset ended)
    {
        foreach (var script in Seconds.Keys)
        {
            await _nodes[0].UntilAsync($"api/v1/occurrences?script={script}&limit=1", page => page["items"]![0]!.Moment("due") > ended.AddSeconds(15));
        }

        foreach (var state in (string[])["running", "queued"])
        {
            await _nodes[0].UntilAsync($"api/v1/runs?state={state}&limit=500", page => page["items"]!.AsArray().All(run => run!.Moment("queuedAt") > ended.AddSeconds(10)));
        }
    }

    private async Task<string> JudgeAsync(DateTimeOffset begun, DateTimeOffset ended)
    {
        var judge = new LedgerJudge(ReadBook(), await ListAsync(_nodes[0], "api/v1/runs?limit=500"));
        var due = 0;
        foreach (var (script, seconds) in Seconds)
        {
            due += judge.Judge(script, seconds, begun, ended, await ListAsync(_nodes[0], $"api/v1/occurrences?script={script}&limit=500"));
        }

        return $"{_kills} kills, {_upgrades} upgrades of a node in {ended - begun:hh\\:mm\\:ss}: {due} due times, {judge}";
    }
}
