using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace PluginHost.Soak.Acts;

/// <summary>What scripts do, and those who run them.</summary>
internal static class Runs
{
    public static IReadOnlyList<Act> All { get; } =
    [
        new("run, cancelled", 6, CancelAsync),
        new("run, wrong parameters", 3, WrongParametersAsync),
        new("run, floods its log", 2, world => StartAsync(world, "Flood")),
        new("run, blocks the thread pool", 2, world => HarmAsync(world, "block")),
    ];

    /// <summary>What would end the process in a host that does not mind, and what ends it in any.</summary>
    public static IReadOnlyList<Act> Harmful { get; } =
    [
        new("run, throws on a thread", 2, world => HarmAsync(world, "thread")),
        new("run, throws on the pool", 2, world => HarmAsync(world, "pool")),
        new("run, throws in async void", 2, world => HarmAsync(world, "asyncvoid")),
        new("run, overflows its stack", 1, world => EndAsync(world, "overflow")),
        new("run, Environment.Exit", 1, world => EndAsync(world, "exit")),
        new("run, Environment.FailFast", 1, world => EndAsync(world, "failfast")),
    ];

    private static async Task CancelAsync(World world)
    {
        if (await StartAsync(world, "Wait") is { } run)
        {
            await Task.Delay(world.Random.Next(500));
            using var answer = await world.Host.Api.PostAsync($"api/v1/runs/{run}/cancel", null);
            answer.EnsureSuccessStatusCode();
            await world.Host.UntilAsync($"api/v1/runs/{run}", info => info["finishedAt"] is not null);
        }
    }

    private static async Task WrongParametersAsync(World world)
    {
        using var answer = await world.Host.Api.PostAsJsonAsync($"api/v1/scripts/{world.PickPlugin()}.Harm/runs", new { parameters = new { How = 3, Why = "?" } });
        if (answer.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.NotFound))
        {
            throw new InvariantException($"Wrong parameters were answered with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static Task<string?> HarmAsync(World world, string how) => StartAsync(world, "Harm", new { How = how });

    private static async Task EndAsync(World world, string how)
    {
        var host = world.Host.SupervisedProcessId;
        try
        {
            if (await HarmAsync(world, how) is null)
            {
                return;
            }
        }
        catch (HttpRequestException)
        {
            // It ended before it had answered.
        }

        await World.UntilGoneAsync(host);
        await world.UntilUpAgainAsync();
    }

    /// <returns>The run's id; null when the plugin is not live.</returns>
    private static async Task<string?> StartAsync(World world, string script, object? parameters = null)
    {
        using var answer = await world.Host.Api.PostAsJsonAsync($"api/v1/scripts/{world.PickPlugin()}.{script}/runs", new { parameters });
        return answer.StatusCode == HttpStatusCode.Accepted ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.ToString() : null;
    }
}
