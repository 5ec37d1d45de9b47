using System.Diagnostics;
using System.Globalization;
using PluginHost.Soak.Acts;
using PluginHost.Soak.Invariants;

namespace PluginHost.Soak;

/// <summary>Acts upon acts, and now and then a look at whether all is as it must be.</summary>
internal sealed class SoakRun(Options options, TextWriter output)
{
    private const int ActsBetweenChecks = 15;
    private const int CallerCount = 4;

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <returns>Whether all held.</returns>
    public async Task<bool> ExecuteAsync()
    {
        Say($"Seed {options.Seed}, {options.Length}.{(Clock.CanBeSet ? "" : " The clock is left alone: there is no compiler of C (cc).")}");
        await using var world = new World(options.Seed);
        var settling = new Settling();
        try
        {
            await world.StartAsync(CallerCount);
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < options.Length;)
            {
                for (var i = 0; i < ActsBetweenChecks; i++)
                {
                    await PerformAsync(world);
                }

                world.Silence!.During("check");
                await settling.CheckAsync(world);
                Say(Report.Row(settling.Samples[^1]));
            }

            return true;
        }
        catch (Exception failure)
        {
            Say($"FAILED with seed {options.Seed} at act {_counts.Values.Sum()}: {failure}");
            return false;
        }
        finally
        {
            Report.Write(output, settling.Samples, _counts, world.Silence?.Longest ?? new Dictionary<string, TimeSpan>());
        }
    }

    private async Task PerformAsync(World world)
    {
        var act = Act.Pick(world.Random);
        _counts[act.Name] = _counts.GetValueOrDefault(act.Name) + 1;
        world.Silence!.During(act.Name);
        Say(act.Name);
        await act.PerformAsync(world);
        await Task.Delay(world.Random.Next(1000));
    }

    private void Say(string text) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {text}"));
}
