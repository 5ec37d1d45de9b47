using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using PluginHost.Scripts;

namespace PluginHost.Hosting.Settings;

/// <summary>Finds what is configured and is no setting, and values that cannot be read: all of it at once, before any of it is used.</summary>
internal static class SettingsCheck
{
    /// <exception cref="OptionsValidationException">There are mistakes; each is named.</exception>
    public static void Require(IConfiguration configuration, IEnumerable<SettingsSection> sections)
    {
        var mistakes = Mistakes(configuration, sections);
        if (mistakes.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(PluginHostOptions), mistakes);
        }
    }

    /// <param name="configuration">What lies under <c>PluginHost</c>.</param>
    /// <param name="sections">The settings that there are.</param>
    public static IReadOnlyList<string> Mistakes(IConfiguration configuration, IEnumerable<SettingsSection> sections)
    {
        var path = configuration is IConfigurationSection { Path: var own } ? own : PluginHostOptions.SectionName;
        return [.. Children(configuration, path, (SettingGroup)SettingNode.Of(sections))];
    }

    private static IEnumerable<string> Children(IConfiguration parent, string path, SettingGroup group) => parent.GetChildren().SelectMany(child =>
        group.Settings.TryGetValue(child.Key, out var known) ? Check(child, $"{path}:{child.Key}", known) : [Unknown(path, child.Key, group.Settings.Keys)]);

    private static IEnumerable<string> Check(IConfigurationSection section, string path, SettingNode node) => node switch
    {
        SettingValue => section.GetChildren().Any() ? [$"{path} is one value, and other settings are written under it: {string.Join(", ", section.GetChildren().Select(child => child.Key))}."]
            : section.Value is { } text && Problem((SettingValue)node, text) is { } problem ? [$"{path} is '{text}', {problem}"] : [],
        SettingGroup or SettingMap when !string.IsNullOrEmpty(section.Value) && !section.GetChildren().Any() => [$"{path} is a section with settings of its own, and has a value instead."],
        SettingGroup group => Children(section, path, group),
        SettingMap map => section.GetChildren().SelectMany(child => Check(child, $"{path}:{child.Key}", map.Entry)),
        _ => [],
    };

    private static string Unknown(string path, string name, ICollection<string> names) =>
        $"{path}:{name} is no setting. {(NearestName.Find(name, names) is { } meant ? $"Did you mean {meant}?" : $"There are: {string.Join(", ", names.Order(StringComparer.Ordinal))}.")}";

    private static string? Problem(SettingValue setting, string text)
    {
        if (text.Length == 0 && setting.MayBeEmpty)
        {
            return null;
        }

        try
        {
            TypeDescriptor.GetConverter(setting.Type).ConvertFromInvariantString(text);
            return null;
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException or NotSupportedException or OverflowException || failure.InnerException is FormatException or OverflowException)
        {
            return Type.GetTypeCode(setting.Type) switch
            {
                _ when setting.Type.IsEnum => $"which is none of {string.Join(", ", Enum.GetNames(setting.Type))}.",
                TypeCode.Boolean => "which is neither true nor false.",
                TypeCode.Int32 or TypeCode.Int64 => "which is no whole number in the range of the setting.",
                TypeCode.Double => "which is no number.",
                _ when setting.Type == typeof(TimeSpan) => "which is no time span. Write it as 00:00:05 for five seconds, or 1.00:00:00 for a day.",
                _ => $"which is no {setting.Type.Name}.",
            };
        }
    }
}
