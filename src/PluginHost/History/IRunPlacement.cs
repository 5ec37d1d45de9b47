namespace PluginHost.History;

/// <summary>Decides on which node each run is.</summary>
internal interface IRunPlacement
{
    /// <summary>Whether every run is on this node, so that one may have its place here before it is stored.</summary>
    bool IsAlone { get; }

    /// <summary>Whether a run that is stored is this node's to carry out.</summary>
    bool IsHere(RunInfo run);

    /// <summary>Why this node takes no run that needs a label; null when it does.</summary>
    /// <param name="label">The label; null for none.</param>
    string? RefuseHere(string? label);

    /// <summary>For the transaction that stores a new run: gives it its node, and tells that node once it is stored.</summary>
    /// <returns>It, or of a script that runs on every node the run of each; the first has the run's own id.</returns>
    /// <exception cref="ConflictException">It is asked for by hand, and no node can take it.</exception>
    IReadOnlyList<RunInfo> Place(HistoryConnection connection, RunInfo run);

    /// <summary>For the transaction that stores the end of a run: what it held over all nodes goes to the next.</summary>
    void Ended(HistoryConnection connection, RunInfo run);
}
