namespace PluginHost.Backups;

/// <summary>A backup cannot be made or restored. The message says why, and what has become of the data.</summary>
internal sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
