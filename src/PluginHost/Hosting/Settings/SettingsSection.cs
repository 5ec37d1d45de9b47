namespace PluginHost.Hosting.Settings;

/// <summary>Settings that there are in a section under <c>PluginHost</c>.</summary>
/// <param name="Path">The section, with colons; empty for <c>PluginHost</c> itself.</param>
/// <param name="Type">Its properties are the settings.</param>
internal sealed record SettingsSection(string Path, Type Type)
{
    public static SettingsSection Root { get; } = new("", typeof(PluginHostOptions));
}
