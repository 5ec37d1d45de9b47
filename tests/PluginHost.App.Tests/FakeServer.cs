using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PluginHost.AspNetCore.Api;

namespace PluginHost.App.Tests;

/// <summary>A server that answers what a test says, and the command line asks it as it would a host.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    public static readonly HostStatus Status = new(
        "0.0.9", HostState.Healthy, 1000, new MemoryInfo(1, 1),
        [new SourceInfo("default", "/repository", "main", "plugins", null, SourceState.Watching, null, null)],
        new HostCounts(1, 1, 0, 0, 0), 0, [], []);

    private readonly WebApplication _app;

    private FakeServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Starts a server that answers by path; what is not listed is refused as routing of a real host refuses it.</summary>
    public static async Task<FakeServer> StartAsync(Dictionary<string, Func<HttpContext, Task>> answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context => answers.TryGetValue($"{context.Request.Method} {context.Request.Path}", out var answer)
            ? answer(context)
            : Problem(404, $"There is nothing at {context.Request.Path}.")(context));
        await app.StartAsync();
        return new FakeServer(app);
    }

    public static Func<HttpContext, Task> Json(object value) => context => context.Response.WriteAsJsonAsync(value, value.GetType(), ApiJson.Options);

    public static Func<HttpContext, Task> Text(string text, string contentType = "application/json") => context =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text);
    };

    public static Func<HttpContext, Task> Problem(int status, string title) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { title, status }));
    };

    /// <summary>Runs a command against this server.</summary>
    public Task<Outcome> RunAsync(params string[] arguments) => Cli.RunAsync([.. arguments, "--host", Url]);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
