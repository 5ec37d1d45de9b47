namespace PluginHost.App.Client;

/// <summary>What the API answered.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Json">The same as it came.</param>
internal sealed record Answer<T>(T Value, string Json);
