namespace PluginHost.Soak;

/// <summary>What must always hold did not.</summary>
internal sealed class InvariantException(string message) : Exception(message);
