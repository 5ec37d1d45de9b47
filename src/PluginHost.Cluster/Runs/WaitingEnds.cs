using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Signals;
using PluginHost.History;
using PluginHost.Running;

namespace PluginHost.Cluster.Runs;

/// <summary>Ends runs that no node has, or the node of which is gone, with what follows them.</summary>
internal sealed class WaitingEnds(RunSuccessors successors, ClusterPlacement placement, Node node, PostgresSource source)
{
    /// <summary>For the transaction that decides it.</summary>
    /// <returns>Whether the run still waited there.</returns>
    public bool End(HistoryConnection connection, RunInfo ended)
    {
        if (!RunStore.EndWaiting(connection, ended))
        {
            return false;
        }

        foreach (var next in successors.Of(ended).SelectMany(next => placement.Place(connection, next)))
        {
            RunStore.Add(connection, next);
            if (placement.IsHere(next))
            {
                // Taken up once it is stored, like those of the others, to which it is said in placing them.
                Signal.Send(connection, source, Signal.Take, node.Id, next.Id);
            }
        }

        return true;
    }
}
