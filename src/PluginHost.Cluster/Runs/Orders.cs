using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Signals;
using PluginHost.History;

namespace PluginHost.Cluster.Runs;

/// <summary>The orders to cancel runs, each for the node that has the run.</summary>
internal sealed class Orders(HistoryDatabase database, WaitingEnds ends, Node node, PostgresSource source, TimeProvider time)
{
    /// <summary>For the transaction that decides it. What waits for a node has nobody else to end it.</summary>
    public void Cancel(HistoryConnection connection, RunInfo run)
    {
        if (run.Node.Length == 0)
        {
            if (ends.End(connection, run with { State = RunState.Cancelled, FinishedAt = time.GetUtcNow() }) || RunStore.Find(connection, run.Id) is not { IsFinished: false, Node.Length: > 0 } placed)
            {
                return;
            }

            run = placed;
        }

        connection.Run("INSERT INTO run_orders (run, node) VALUES (@run, @node) ON CONFLICT (run) DO UPDATE SET node = excluded.node", ("@run", run.Id), ("@node", run.Node));
        Signal.Send(connection, source, Signal.Cancel, run.Node, run.Id);
    }

    public Task CancelAsync(RunInfo run, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            Cancel(connection, run);
            return true;
        },
        cancellationToken);

    /// <summary>The runs that this node is to cancel; from then on that is the caller's.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(CancellationToken cancellationToken)
    {
        var any = database.Read(connection => connection.Query("SELECT 1 FROM run_orders WHERE node = @node LIMIT 1", reader => reader.GetInt32(0), ("@node", node.Id)));
        return any.Count == 0 ? [] : await database.WriteAsync(
            connection => connection.Query("DELETE FROM run_orders WHERE node = @node RETURNING run", reader => reader.GetString(0), ("@node", node.Id)), cancellationToken);
    }
}
