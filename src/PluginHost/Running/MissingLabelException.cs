namespace PluginHost.Running;

/// <summary>A run was not started, because the node that had it was started again without the label that it needs.</summary>
internal sealed class MissingLabelException(string message) : Exception(message);
