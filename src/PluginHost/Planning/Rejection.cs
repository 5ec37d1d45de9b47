namespace PluginHost.Planning;

/// <summary>Content of a plugin that was tried and refused. It is not tried again until one of its inputs changes.</summary>
/// <param name="Inputs">What it was made of; null when that is not known, and any commit is worth a try.</param>
/// <param name="Problem">Why it was refused.</param>
internal sealed record Rejection(InputManifest? Inputs, PluginProblem Problem);
