using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>Ours, whole: scripts from a repository, built and loaded, with history and ledger on disk.</summary>
internal sealed class PluginHostContestant : IContestant
{
    private readonly TestDirectory _directory = new();
    private IHost? _host;

    public async Task StartAsync(Load load, Recorder recorder)
    {
        // What a plugin and the harness have in common is the framework.
        AppContext.SetData("lateness", (Action<int, DateTimeOffset?>)recorder.Start);
        var repository = TestRepository.Create(_directory.Combine("repository"));
        repository.Write("plugins/A/A.csproj", PluginSource.Project());
        for (var number = 0; number < load.Groups; number++)
        {
            var group = number;
            var schedules = Enumerable.Range(0, load.Count).Where(schedule => load.Group(schedule) == group)
                .Select(schedule => $"[Schedule(\"{load.Cron(schedule)}\", Overlap = OverlapPolicy.Allow, CatchUp = CatchUpPolicy.None)]\n");
            repository.Write(
                $"plugins/A/S{number}.cs",
                $$"""
                using PluginHost;

                {{string.Concat(schedules)}}
                public sealed class S{{number}} : IScript
                {
                    private static readonly Action<int, DateTimeOffset?> Start = (Action<int, DateTimeOffset?>)AppContext.GetData("lateness")!;

                    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
                    {
                        Start({{number.ToString(CultureInfo.InvariantCulture)}}, context.ScheduledFor);
                        return Task.CompletedTask;
                    }
                }
                """);
        }

        repository.Commit("Schedules");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddPluginHost(options =>
        {
            options.Sources["default"] = new SourceOptions { Url = repository.Path, Poll = TimeSpan.FromHours(1) };
            options.DataDirectory = _directory.Combine("data");
            options.Runs.MaxConcurrent = LatenessBenchmark.Workers;
        });
        _host = builder.Build();
        await _host.StartAsync();
        var plugins = _host.Services.GetRequiredService<IPluginHost>();
        for (var waited = 0; (await plugins.GetScriptsAsync()).Count < load.Groups; waited++)
        {
            if (waited > 6000 || plugins.GetPlugins() is [{ Problem: not null }])
            {
                throw new InvalidOperationException($"The plugin did not go live: {plugins.GetPlugin("A").Problem?.Message}");
            }

            await Task.Delay(100);
        }
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
