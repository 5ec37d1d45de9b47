namespace PluginHost.History;

/// <summary>Keeps what is a node's own: what it has deployed and what is live on it. A host that is alone keeps that with all the rest.</summary>
internal sealed record NodeDatabase(HistoryDatabase Database);
