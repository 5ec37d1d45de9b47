using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PluginHost.AspNetCore;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Dispatch;

/// <summary>Ours, whole: a script from a repository, in an app with its API on a real server, with history on disk.</summary>
/// <param name="byApi">Whether it is asked over HTTP.</param>
internal sealed class PluginHostDispatcher(bool byApi) : IDispatcher
{
    private readonly TestDirectory _directory = new();
    private WebApplication? _app;
    private IPluginHost _host = null!;
    private HttpClient _client = null!;

    public string Name => byApi ? "PluginHost, API request" : "PluginHost, in process";

    public async Task StartAsync(Action firstLine)
    {
        // What a plugin and the harness have in common is the framework.
        AppContext.SetData("first line", firstLine);
        var repository = TestRepository.Create(_directory.Combine("repository")).AddPlugin("A", "((Action)AppContext.GetData(\"first line\")!)();");
        repository.Commit("First");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPluginHost(options =>
        {
            options.Sources["default"] = new SourceOptions { Url = repository.Path, Poll = TimeSpan.FromHours(1) };
            options.DataDirectory = _directory.Combine("data");
            options.Runs.MaxConcurrent = DispatchBenchmark.Callers;
        });
        _app = builder.Build();
        _app.MapPluginHost();
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        _host = _app.Services.GetRequiredService<IPluginHost>();
        while ((await _host.GetScriptsAsync()).Count == 0)
        {
            await Task.Delay(100);
        }
    }

    public async Task DispatchAsync()
    {
        if (byApi)
        {
            using var answer = await _client.PostAsync("api/v1/scripts/A.Work/runs", null);
            answer.EnsureSuccessStatusCode();
        }
        else
        {
            await _host.StartRunAsync("A.Work", new RunRequest());
        }
    }

    public async Task UntilIdleAsync()
    {
        while (_host.GetStatus().Counts is { RunningRuns: > 0 } or { QueuedRuns: > 0 })
        {
            await Task.Delay(5);
        }

        // The ends of the last ones are written in the order in which they came: this one is the last.
        var last = await _host.StartRunAsync("A.Work", new RunRequest());
        await _host.WaitForRunAsync(last.Id, TimeSpan.FromMinutes(1));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            _client.Dispose();
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _directory.Dispose();
    }
}
