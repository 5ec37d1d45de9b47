using PluginHost.Processes;

namespace PluginHost.Isolation;

/// <summary>What a worker process does. PluginHost.Worker.dll calls this.</summary>
internal static class WorkerProgram
{
    public static int Run()
    {
        using var pipe = StandardStreams.Take();
        new WorkerLoop(pipe).Run();

        // The host is gone or wants this to end. Whatever scripts have left running, threads or processes, ends as well.
        ProcessSession.KillOwn();
        return 0;
    }
}
