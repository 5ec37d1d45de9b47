using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>A contestant in a process of its own: this program again, which prints the outcome as its last line.</summary>
internal static class ContestantProcess
{
    /// <summary>What a contestant may take beside the window, to set its schedules up above all.</summary>
    private static readonly TimeSpan Allowance = TimeSpan.FromMinutes(5);

    // Where nothing began, there is no quantile.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static void Tell(Outcome outcome) => Console.WriteLine(JsonSerializer.Serialize(outcome, Json));

    /// <returns>The outcome, or why there is none.</returns>
    public static async Task<(Outcome? Outcome, string Problem)> RunAsync(string name, Load load, TimeSpan window)
    {
        string[] arguments = [typeof(ContestantProcess).Assembly.Location, "contestant", name, load.Count.ToString(CultureInfo.InvariantCulture)];
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        using var timeout = new CancellationTokenSource(window + Allowance);
        string? outcome = null;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                outcome = line.StartsWith('{') ? line : outcome;
            }

            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        // One that was measured and then could not stop has its outcome nevertheless.
        return (outcome, timeout.IsCancellationRequested) switch
        {
            ({ } line, _) => (JsonSerializer.Deserialize<Outcome>(line, Json), ""),
            (null, true) => (null, $"was not done {Allowance.TotalMinutes:F0} minutes after the window, and was ended"),
            (null, false) => (null, $"ended with {process.ExitCode}"),
        };
    }
}
