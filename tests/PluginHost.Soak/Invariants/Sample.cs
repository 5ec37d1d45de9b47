
namespace PluginHost.Soak.Invariants;

/// <summary>What the host holds at a time at which it is at rest.</summary>
internal sealed record Sample(
    DateTimeOffset At, int Starts, int Commits, int Acknowledged, long MemoryBytes, int Threads, int Handles, int Processes, int Leaked, int ArtifactFolders, int TemporaryFiles)
{
    public static async Task<Sample> TakeAsync(World world)
    {
        var process = World.Proc(world.Host.SupervisedProcessId);
        var status = await world.Host.GetAsync("api/v1/status");
        return new Sample(
            TimeProvider.System.GetUtcNow(),
            world.Starts,
            world.History.Count,
            world.Callers!.Acknowledged.Count,
            status["memory"]!["workingSetBytes"]!.GetValue<long>(),
            Directory.GetDirectories($"{process}/task").Length,
            Directory.GetFiles($"{process}/fd").Length,
            world.Host.StartedProcesses().Count,
            status["leakedContexts"]!.GetValue<int>(),
            Directory.GetDirectories(Path.Combine(world.Data, "artifacts", "store"), "*", SearchOption.AllDirectories).Length,

            // The runtime of a process that was killed leaves its own behind.
            Directory.GetFileSystemEntries(world.Temporary).Count(entry => !Path.GetFileName(entry).StartsWith("clr-debug-pipe", StringComparison.Ordinal) && !Path.GetFileName(entry).StartsWith("dotnet-diagnostic", StringComparison.Ordinal)));
    }
}
