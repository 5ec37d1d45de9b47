using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>Ours, whole: scripts from a repository, built by one node and taken by the others, with history and ledger in the database.</summary>
internal sealed class PluginHostNode : IClusterNode
{
    private readonly TestDirectory _directory = new();
    private IHost? _host;
    private IPluginHost _plugins = null!;

    /// <summary>A script for each schedule, and one that is run when it is asked for.</summary>
    public static TestRepository Write(string path, int schedules, string cron)
    {
        var repository = TestRepository.Create(path);
        repository.Write("plugins/A/A.csproj", PluginSource.Project());
        repository.Write("plugins/A/Scripts.cs", $$"""
            using PluginHost;

            public sealed class Work : IScript
            {
                public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
                {
                    ((Action)AppContext.GetData("asked")!)();
                    return Task.CompletedTask;
                }
            }

            [Script(NodeLabel = "far")]
            public sealed class Far : IScript
            {
                public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
                {
                    Marks.Add(context, "begun");
                    return Task.CompletedTask;
                }
            }

            [Script(NodeLabel = "far", RerunWhenLost = true)]
            public sealed class Long : IScript
            {
                public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
                {
                    Marks.Add(context, context.Attempt > 1 ? "begun again" : "begun");
                    cancellationToken.Register(() => Marks.Add(context, "cancelled"));
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
            }

            internal static class Marks
            {
                private static readonly Action<string, string> Mark = (Action<string, string>)AppContext.GetData("marked")!;

                public static void Add(ScriptContext context, string what) => Mark(context.RunId, what);
            }

            public abstract class Scheduled(int schedule) : IScript
            {
                private static readonly Action<int, DateTimeOffset> Start = (Action<int, DateTimeOffset>)AppContext.GetData("scheduled")!;

                public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
                {
                    Start(schedule, context.ScheduledFor!.Value);
                    return Task.CompletedTask;
                }
            }

            {{string.Concat(Enumerable.Range(0, schedules).Select(schedule => $"""
            [Schedule("{cron}", Overlap = OverlapPolicy.Allow, CatchUp = CatchUpPolicy.None)]
            public sealed class S{schedule}() : Scheduled({schedule});

            """))}}
            """);
        repository.Commit("Schedules");
        return repository;
    }

    public async Task StartAsync(ClusterLoad load, ClusterRecorder recorder)
    {
        // What a plugin and the harness have in common is the framework.
        AppContext.SetData("asked", (Action)recorder.Ask);
        AppContext.SetData("scheduled", (Action<int, DateTimeOffset>)recorder.Start);
        AppContext.SetData("marked", (Action<string, string>)recorder.Mark);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddPluginHost(options =>
        {
            options.Sources["default"] = new SourceOptions { Url = load.Repository, Poll = TimeSpan.FromHours(1) };
            options.NodeName = $"node{load.Number}";
            if (load.Number > 1)
            {
                options.NodeLabels.Add("far");
            }

            options.DataDirectory = _directory.Combine("data");
            options.Runs.MaxConcurrent = ClusterLoad.Workers;

            // A node that is killed has not died of the script that was under way.
            options.Runs.Quarantine.Crashes = 0;
        }).UseCluster(load.Database);
        _host = builder.Build();
        await _host.StartAsync();
        _plugins = _host.Services.GetRequiredService<IPluginHost>();
        for (var waited = 0; (await _plugins.GetScriptsAsync()).Count <= load.Schedules; waited++)
        {
            if (waited > 6000 || _plugins.GetPlugins() is [{ Problem: not null }])
            {
                throw new InvalidOperationException($"The plugin did not go live: {_plugins.GetPlugin("A").Problem?.Message}");
            }

            await Task.Delay(100);
        }
    }

    public Task AskAsync() => _plugins.StartRunAsync("A.Work", new RunRequest());

    /// <returns>The run, and when it was asked for.</returns>
    public async Task<ClusterMark> StartRunAsync(string script)
    {
        var now = DateTime.UtcNow.Ticks;
        return new((await _plugins.StartRunAsync(script, new RunRequest())).Id, now, "asked");
    }

    /// <returns>When it was asked.</returns>
    public async Task<ClusterMark> CancelAsync(string run)
    {
        var now = DateTime.UtcNow.Ticks;
        await _plugins.CancelRunAsync(run);
        return new(run, now, "asked");
    }

    public async Task SettleAsync()
    {
        // The ends are written in the order in which they came: this one is the last.
        var last = await _plugins.StartRunAsync("A.Work", new RunRequest());
        await _plugins.WaitForRunAsync(last.Id, TimeSpan.FromMinutes(1));
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        _directory.Dispose();
    }
}
