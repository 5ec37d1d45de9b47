namespace PluginHost.Crashes;

/// <summary>A run was not started, because its script is suspected of having ended the host.</summary>
internal sealed class QuarantinedException(string message) : Exception(message);
