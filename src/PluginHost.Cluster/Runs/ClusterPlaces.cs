using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Options;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Signals;
using PluginHost.History;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Runs;

/// <summary>The places that all nodes share, in the database: a row for each run that has one or waits for one. A run that needs none costs no statement.</summary>
internal sealed class ClusterPlaces(HistoryDatabase database, Node node, LiveRegistry live, PostgresSource source, IOptions<ClusterOptions> options, TimeProvider time) : ISharedPlaces
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Claim> _claims = new();

    public int? Most(string group) => options.Value.Limits.TryGetValue(group, out var most) ? most : null;

    public bool Needs(RunInfo run) => GroupOf(run) is not null;

    public async Task TakeAsync(RunInfo run, CancellationToken cancellationToken)
    {
        if (GroupOf(run) is not { } group)
        {
            return;
        }

        var claim = _claims[run.Id] = new Claim(group, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        while (!claim.Given.Task.IsCompleted)
        {
            try
            {
                // Not given up half way: who ends the run gives back what it has by then.
                cancellationToken.ThrowIfCancellationRequested();
                if (await database.WriteAsync(connection => Ask(connection, run, group), CancellationToken.None))
                {
                    claim.Given.TrySetResult();
                }

                break;
            }
            catch (DbException)
            {
                // The database is away: it is asked again.
                await Task.Delay(Retry, time, cancellationToken);
            }
        }

        await claim.Given.Task.WaitAsync(cancellationToken);
    }

    public void Forget(string runId) => _claims.TryRemove(runId, out _);

    /// <summary>The database has said that a run of this node has its place.</summary>
    public void Given(string runId)
    {
        if (_claims.TryGetValue(runId, out var claim))
        {
            claim.Given.TrySetResult();
        }
    }

    /// <summary>For the transaction that stores the end of a run.</summary>
    public void GiveBack(HistoryConnection connection, RunInfo run)
    {
        if (_claims.TryGetValue(run.Id, out var claim))
        {
            connection.Run("DELETE FROM run_places WHERE run = @run", ("@run", run.Id));
            Give(connection, claim.Group);
        }
    }

    /// <summary>For the transaction that ends or moves the runs of nodes that died.</summary>
    public void GiveAll(HistoryConnection connection)
    {
        if (options.Value.Limits.Count == 0)
        {
            return;
        }

        // Those, too, that waited and are ended.
        connection.Run("DELETE FROM run_places WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = run_places.run AND runs.state IN ('Queued', 'Running'))");
        foreach (var group in connection.Query("SELECT DISTINCT name FROM run_places", reader => reader.GetString(0)))
        {
            Give(connection, group);
        }
    }

    /// <summary>Looks for what runs of this node wait for, in case that it was not heard, or that somebody died who should have said it.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var group in _claims.Values.Where(claim => !claim.Given.Task.IsCompleted).Select(claim => claim.Group).Distinct(StringComparer.OrdinalIgnoreCase).ToList())
        {
            var given = await database.WriteAsync(
                connection =>
                {
                    Give(connection, group);
                    return connection.Query("SELECT run FROM run_places WHERE name = @name AND node = @node AND taken", reader => reader.GetString(0), ("@name", group), ("@node", node.Id));
                },
                cancellationToken);
            given.ForEach(Given);
        }
    }

    private bool Ask(HistoryConnection connection, RunInfo run, string group)
    {
        connection.Run(
            "INSERT INTO run_places (run, name, node, rank) VALUES (@run, @name, @node, @rank) ON CONFLICT (run) DO UPDATE SET name = excluded.name, node = excluded.node",
            ("@run", run.Id), ("@name", group), ("@node", node.Id), ("@rank", run.Trigger == RunTrigger.Manual ? 0 : 1));
        Give(connection, group, run.Id);
        return connection.Query("SELECT taken FROM run_places WHERE run = @run", reader => reader.GetBoolean(0), ("@run", run.Id)) is [true];
    }

    /// <summary>Gives the free places of a group to those that wait, by hand first, and tells their nodes; the one that asks sees it by itself.</summary>
    private void Give(HistoryConnection connection, string group, string? asking = null)
    {
        // Of two nodes that give at once, the second one looks again, so that no place is given twice.
        ClusterPlacement.TakeTurn(connection, $"places of {group.ToLowerInvariant()}");
        connection.Run(
            "DELETE FROM run_places WHERE name = @name AND taken AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = run_places.run AND runs.state IN ('Queued', 'Running'))", ("@name", group));
        var given = connection.Query(
            """
            UPDATE run_places SET taken = TRUE WHERE run IN (
                SELECT run FROM run_places
                WHERE name = @name AND NOT taken AND EXISTS (SELECT 1 FROM runs WHERE runs.id = run_places.run AND runs.state IN ('Queued', 'Running'))
                ORDER BY rank, arrival
                LIMIT GREATEST(0, @most - (SELECT COUNT(*) FROM run_places WHERE name = @name AND taken)))
            RETURNING run, node
            """,
            reader => (Run: reader.GetString(0), Node: reader.GetString(1)), ("@name", group), ("@most", Most(group) ?? int.MaxValue));
        foreach (var (run, at) in given.Where(given => given.Run != asking))
        {
            Signal.Send(connection, source, Signal.Place, at, run);
        }
    }

    private string? GroupOf(RunInfo run) =>
        options.Value.Limits.Count > 0 && live.Current.Scripts.GetValueOrDefault(run.Script)?.Descriptor.Group is { } group && Most(group) is not null ? group : null;

    /// <summary>What a run of this node has asked for.</summary>
    /// <param name="Group">The group.</param>
    /// <param name="Given">Ends when the run has its place.</param>
    private sealed record Claim(string Group, TaskCompletionSource Given);
}
