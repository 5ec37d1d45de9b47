using System.Runtime.InteropServices;
using PluginHost.Build;

// What ./build.sh and ./build.ps1 do. They only compile this program and start it.
const string Usage = """
    Usage: ./build.sh <verb> [options]

      run [host options]   build the ready host, then run it in the current directory
      test [--filter X]    build everything and run every test; X is a filter of 'dotnet test'
      bench [names]        measure the host, beside its rivals where it has some: live, scale, swap, memory, lateness, dispatch, isolation, web, cluster
      soak [--for 10m]     let everything happen to a host that can, and check what must hold; --seed N again
      cluster [options]    several hosts that share a PostgreSQL server of their own; --nodes N, --port N
      pack                 make the packages, in artifacts/packages
      container [P=V …]    make the container image of the ready host, artifacts/container/pluginhost.tar.gz

    """;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    var root = RepositoryRoot.Find();

    switch (args)
    {
        case ["run", .. var options]:
            return await RunCommand.ExecuteAsync(root, options, stop.Token);
        case ["test"]:
            return await TestCommand.ExecuteAsync(root, filter: null, stop.Token);
        case ["test", "--filter", var filter]:
            return await TestCommand.ExecuteAsync(root, filter, stop.Token);
        case ["bench", .. var names]:
            return await TestProgramCommand.ExecuteAsync(root, "PluginHost.Benchmarks", names, stop.Token);
        case ["soak", .. var wanted]:
            return await TestProgramCommand.ExecuteAsync(root, "PluginHost.Soak", wanted, stop.Token);
        case ["cluster", .. var hosts]:
            return await TestProgramCommand.ExecuteAsync(root, "PluginHost.LocalCluster", hosts, stop.Token);
        case ["pack"]:
            return await PackCommand.ExecuteAsync(root, stop.Token);
        case ["container", .. var properties]:
            return await ContainerCommand.ExecuteAsync(root, properties, stop.Token);
        case ["help" or "--help" or "-h"]:
            Console.Out.Write(Usage);
            return 0;
        default:
            Console.Error.Write(Usage);
            return 2;
    }
}
catch (OperationCanceledException)
{
    return 130;
}

void Stop(PosixSignalContext context)
{
    // Without this the process would be gone before it has ended the child that it waits for.
    context.Cancel = true;
    stop.Cancel();
}
