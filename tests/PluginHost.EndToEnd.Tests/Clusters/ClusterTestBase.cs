using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>A PostgreSQL server and a repository of its own for each test, and nodes over both.</summary>
public abstract class ClusterTestBase : HostTestBase
{
    private readonly ConcurrentDictionary<int, ReadyHost> _nodes = [];

    protected PostgresServer Postgres { get; private set; } = null!;

    /// <summary>What the scripts wrote, a file for each process.</summary>
    protected string Book => Folder.Combine("book");

    [SetUp]
    public void StartPostgres()
    {
        Postgres = PostgresServer.StartRequired();
        Directory.CreateDirectory(Book);
    }

    [TearDown]
    public async Task StopAll()
    {
        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        Postgres.Dispose();
    }

    /// <summary>The ready host that a node is started with, where it is not the one that was built beside the tests.</summary>
    protected ConcurrentDictionary<int, string> Programs { get; } = [];

    /// <summary>Starts a node, or a node again, and waits until its first load has ended.</summary>
    /// <param name="number">Which.</param>
    /// <param name="database">The way to the database; null for the straight one.</param>
    /// <param name="settings">Further environment.</param>
    protected async Task<ReadyHost> StartNodeAsync(int number, string? database = null, params (string Name, string Value)[] settings)
    {
        var environment = Cluster;
        environment["PluginHost__Cluster__ConnectionString"] = database ?? Postgres.ConnectionString;
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return _nodes[number] = await ReadyHost.StartAsync(Repository.Path, DataOf(number), environment: environment, program: Programs.GetValueOrDefault(number));
    }

    protected string DataOf(int number) => Folder.Combine($"node{number}");

    protected Dictionary<string, string> Cluster => new() { ["PluginHost__Cluster__ConnectionString"] = Postgres.ConnectionString, ["PluginHost__Runs__Quarantine__Crashes"] = "0" };

    /// <summary>Adds a plugin whose scripts write into the book when they begin, and when they end.</summary>
    /// <param name="version">Something that makes for another build.</param>
    /// <param name="scripts">Name, attributes and milliseconds of work of each.</param>
    protected TestRepository AddWriters(string version, params (string Name, string Attributes, int Work)[] scripts) => Repository
        .Write("plugins/A/A.csproj", PluginSource.Project())
        .Write("plugins/A/Scripts.cs", $$"""
            using PluginHost;

            {{string.Concat(scripts.Select(script => $$"""
            {{script.Attributes}}
            public sealed class {{script.Name}} : IScript
            {
                public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
                {
                    Book.Write("begin", context);
                    await Task.Delay({{script.Work}}, cancellationToken);
                    Book.Write("end", context);
                }
            }

            """))}}
            internal static class Book
            {
                // {{version}}
                public static void Write(string what, ScriptContext context)
                {
                    lock (typeof(System.Random))
                    {
                        File.AppendAllText($"{{Book}}/{Environment.ProcessId}", $"{what} {context.ScriptId} {context.ScheduledFor?.ToUnixTimeMilliseconds()} {context.Attempt} {context.RunId} .\n");
                    }
                }
            }
            """);

    /// <summary>What the scripts wrote. A line that a kill has cut is left out.</summary>
    protected IReadOnlyList<BookLine> ReadBook() =>
    [
        .. Directory.GetFiles(Book).SelectMany(File.ReadAllLines).Select(line => line.Split(' ')).Where(words => words is [.., "."])
            .Select(words => new BookLine(words[0], words[1], words[2].Length == 0 ? null : long.Parse(words[2], CultureInfo.InvariantCulture), int.Parse(words[3], CultureInfo.InvariantCulture), words[4])),
    ];

    protected static async Task<List<JsonNode>> ListAsync(ReadyHost node, string path)
    {
        var items = new List<JsonNode>();
        for (string? after = ""; after is not null;)
        {
            var page = await node.GetAsync($"{path}&after={after}");
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            after = page["next"]?.ToString();
        }

        return items;
    }
}

/// <summary>A line of the book.</summary>
/// <param name="What">begin or end.</param>
/// <param name="Script">The script.</param>
/// <param name="Due">The time that was meant, in Unix milliseconds; null of a run by hand.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Run">The run.</param>
public sealed record BookLine(string What, string Script, long? Due, int Attempt, string Run);
