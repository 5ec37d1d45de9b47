using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>A node: this program again, which is told what to do line by line.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>What one answer may take at most: a thousand schedules are set up, or thousands of jobs asked for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;

    private NodeProcess(Process process) => _process = process;

    public static async Task<NodeProcess> StartAsync(string contestant, ClusterLoad load)
    {
        string[] arguments = [typeof(NodeProcess).Assembly.Location, "node", contestant, JsonSerializer.Serialize(load)];
        var node = new NodeProcess(Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!);
        try
        {
            await node.AnswerAsync(NodeProgram.Ready);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its processor time until now.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public Task AskAsync(int count) => TellAsync($"ask {count.ToString(CultureInfo.InvariantCulture)}");

    public Task SettleAsync() => TellAsync("settle");

    public async Task<int> RanAsync() => int.Parse(await TellAsync("ran"), CultureInfo.InvariantCulture);

    public async Task<IReadOnlyList<ClusterStart>> StartsAsync(DateTime from, DateTime to) =>
        JsonSerializer.Deserialize<List<ClusterStart>>(await TellAsync(string.Create(CultureInfo.InvariantCulture, $"starts {from.Ticks} {to.Ticks}")))!;

    /// <returns>The run, and when it was asked for.</returns>
    public async Task<ClusterMark> StartRunAsync(string script) => JsonSerializer.Deserialize<ClusterMark>(await TellAsync($"run {script}"))!;

    /// <returns>When it was asked.</returns>
    public async Task<ClusterMark> CancelAsync(string run) => JsonSerializer.Deserialize<ClusterMark>(await TellAsync($"cancel {run}"))!;

    /// <returns>What scripts said here since this was asked last.</returns>
    public async Task<IReadOnlyList<ClusterMark>> MarksAsync() => JsonSerializer.Deserialize<List<ClusterMark>>(await TellAsync("marks"))!;

    /// <returns>When.</returns>
    public async Task<DateTime> KillAsync()
    {
        var now = DateTime.UtcNow;
        _process.Kill();
        await _process.WaitForExitAsync();
        return now;
    }

    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<string> TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await AnswerAsync(null);
    }

    private async Task<string> AnswerAsync(string? expected)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            if (expected is null || line == expected)
            {
                return line;
            }
        }

        throw new InvalidOperationException("A node has ended before it answered; what it wrote to its error output says why.");
    }
}
