namespace PluginHost;

/// <summary>Another host uses the data directory.</summary>
/// <param name="message">Which directory, and what to do.</param>
/// <param name="inner">What the system said.</param>
public sealed class DataDirectoryInUseException(string message, Exception inner) : IOException(message, inner);
