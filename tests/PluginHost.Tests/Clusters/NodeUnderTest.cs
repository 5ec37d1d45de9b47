using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Npgsql;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.History;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Swapping;

namespace PluginHost.Tests.Clusters;

/// <summary>A node as far as it stores runs and asks for places: two at once of the group <c>database</c>, on all nodes.</summary>
internal sealed class NodeUnderTest : IDisposable
{
    private readonly RunFactory _factory;

    public NodeUnderTest(string name, string schema, LiveRegistry live)
    {
        Source = new PostgresSource(SharedPostgres.ConnectionString, schema);
        Database = new PostgresDatabase(Source);
        var node = new Node(Options.Create(new PluginHostOptions { NodeName = name }));
        _factory = Make.RunFactory(name);
        Places = Make.Places(node, Database, Source, live, new ClusterOptions { Limits = { ["database"] = 2 } });
        Store = new RunStore(Database, new ClusterPlacement(node, live, new EffectiveSchedules(new ScheduleOverrideStore(Database)), _factory, Places, Source), TimeProvider.System);
    }

    public PostgresSource Source { get; }

    public PostgresDatabase Database { get; }

    public ClusterPlaces Places { get; }

    public RunStore Store { get; }

    /// <summary>Stores a run that waits, here, as if it had been asked for by hand, and by what has started it.</summary>
    public async Task<RunInfo> StoreAsync(LiveRegistry live, string script, RunTrigger trigger)
    {
        var run = _factory.Create(live.Current.Scripts[$"A.{script}"], trigger);
        await Database.WriteAsync(
            connection =>
            {
                RunStore.Add(connection, run);
                return true;
            },
            default);
        return run;
    }

    public async Task EndAsync(RunInfo run, RunState state = RunState.Succeeded)
    {
        Assert.That(await Store.EndAsync(run with { State = state, StartedAt = DateTimeOffset.UnixEpoch, FinishedAt = DateTimeOffset.UnixEpoch }, [], default), Is.Not.Null);
        Places.Forget(run.Id);
    }

    /// <summary>Hears what the nodes tell each other from now on.</summary>
    public async Task<Ear> ListenAsync()
    {
        var connection = await Source.OpenAsync(default);
        await using var listen = new NpgsqlCommand($"LISTEN {Source.Channel}", connection);
        await listen.ExecuteNonQueryAsync();
        return new Ear(connection);
    }

    public void Dispose() => Database.Dispose();

    public sealed class Ear : IAsyncDisposable
    {
        private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(1);

        private readonly NpgsqlConnection _connection;
        private readonly Channel<string[]> _heard = Channel.CreateUnbounded<string[]>();

        public Ear(NpgsqlConnection connection)
        {
            _connection = connection;
            connection.Notification += (_, notification) => _heard.Writer.TryWrite(notification.Payload.Split(' '));
        }

        /// <summary>The run that the next signal of a kind to this node is about.</summary>
        public async Task<string> NextAsync(string kind)
        {
            using var limit = new CancellationTokenSource(HangLimit);
            while (true)
            {
                while (_heard.Reader.TryRead(out var words))
                {
                    if (words[0] == kind && words[1] == "other")
                    {
                        return words[2];
                    }
                }

                await _connection.WaitAsync(limit.Token);
            }
        }

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
