namespace PluginHost;

/// <summary>The host cannot be a node of the cluster: the database cannot be used, or the machine's clock is too far off.</summary>
/// <param name="message">What is wrong, what that means and what to do.</param>
/// <param name="innerException">What led to it.</param>
public sealed class ClusterException(string message, Exception? innerException = null) : InvalidOperationException(message, innerException);
