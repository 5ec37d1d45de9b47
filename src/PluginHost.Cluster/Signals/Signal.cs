using PluginHost.Cluster.Postgres;
using PluginHost.History;

namespace PluginHost.Cluster.Signals;

/// <summary>What the nodes tell each other, as words in one line. Sent in a transaction, it arrives once that is committed, and never if it is not.</summary>
/// <remarks>One may be lost while a node does not listen, so each only hastens what is looked for anyway.</remarks>
internal static class Signal
{
    /// <summary><c>take node run</c>: a run is stored for that node.</summary>
    public const string Take = "take";

    /// <summary><c>cancel node run</c>: an order to cancel is stored for that node.</summary>
    public const string Cancel = "cancel";

    /// <summary><c>log node request</c>: somebody asks that node for a log.</summary>
    public const string Log = "log";

    /// <summary><c>answer node request</c>: what that node has asked for is there.</summary>
    public const string Answer = "answer";

    /// <summary><c>event node kind:id …</c>: something has changed on that node, and is to be asked for again.</summary>
    public const string Event = "event";

    /// <summary><c>place node run</c>: a run of that node has its place among those that all nodes share.</summary>
    public const string Place = "place";

    /// <summary><c>progress node run fraction message</c>: how far a run on that node is; the message is escaped, and left out where there is none.</summary>
    public const string Progress = "progress";

    /// <summary><c>changed table</c>: sent by the database itself.</summary>
    public const string Changed = "changed";

    public static void Send(HistoryConnection connection, PostgresSource source, params ReadOnlySpan<string> words) =>
        connection.Query("SELECT pg_notify(@channel, @words)", _ => true, ("@channel", source.Channel), ("@words", string.Join(' ', words)));
}
