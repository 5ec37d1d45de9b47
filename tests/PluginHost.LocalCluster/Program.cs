using System.Globalization;
using System.Runtime.InteropServices;
using PluginHost.LocalCluster;
using PluginHost.TestInfra;

const string Usage = """
    Usage: ./build.sh cluster [--nodes N] [--port N] [host options]

      --nodes N   how many hosts, 1 to 9; 3 without it
      --port N    where the first one listens, the others on the ports after it; 5081 without it

    A PostgreSQL server of its own and the hosts, over the repository that the working directory is in. Ctrl-C ends it all.

    """;

var (nodes, port, options) = (3, 5081, new List<string>());
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--nodes" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out nodes) && nodes is >= 1 and <= 9:
        case "--port" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out port) && port is > 0 and < 65000:
            i++;
            break;
        case "--nodes" or "--port" or "help" or "--help" or "-h":
            Console.Error.Write(Usage);
            return args[i].StartsWith("--n", StringComparison.Ordinal) || args[i] == "--port" ? 2 : 0;
        default:
            options.Add(args[i]);
            break;
    }
}

// Set before anything is started, so that nothing outlives a Ctrl-C that comes early.
var stopped = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

using var folder = new TestDirectory();
using var postgres = PostgresServer.Start();
if (postgres is null)
{
    Console.Error.WriteLine("There is no PostgreSQL here, which the hosts share. Install it; on Debian: apt-get install postgresql.");
    return 1;
}

Console.WriteLine($"PostgreSQL: {postgres.ConnectionString}");
var hosts = Enumerable.Range(1, nodes).Select(number => new LocalNode(number, port + number - 1, folder.Combine($"node{number}"), postgres.ConnectionString, options)).ToList();
var ended = Task.WhenAll(hosts.Select(host => host.Ended));
await Task.WhenAny(stopped.Task, ended);
hosts.ForEach(host => host.Stop());
await ended;
hosts.ForEach(host => host.Dispose());
return stopped.Task.IsCompleted ? 0 : 1;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopped.TrySetResult();
}
