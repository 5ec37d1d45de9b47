namespace PluginHost.History;

/// <summary>Decides on which node each run is.</summary>
internal interface IRunPlacement
{
    /// <summary>Whether every run is on this node, so that one may have its place here before it is stored.</summary>
    bool IsAlone { get; }

    /// <summary>Whether a run that is stored is this node's to carry out.</summary>
    bool IsHere(RunInfo run);

    /// <summary>For the transaction that stores a new run: gives it its node, and tells that node once it is stored.</summary>
    RunInfo Place(HistoryConnection connection, RunInfo run);
}
