using System.Reflection;
using System.Text.Json.Serialization;

namespace PluginHost.Scripts;

/// <summary>The names of an enum's values, as JSON has them.</summary>
internal static class EnumNames
{
    public static IReadOnlyList<string> Of(Type type) =>
    [
        .. type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name),
    ];

    public static bool AreFlags(Type type) => type.IsDefined(typeof(FlagsAttribute), inherit: false);

    /// <summary>What a value looks like, to go on after "must be".</summary>
    public static string Expected(Type type) =>
        $"{(AreFlags(type) ? "one or several, separated by commas, of" : "one of")} {string.Join(", ", Of(type))}";

    /// <summary>The name as it is declared, or null when there is none such.</summary>
    public static string? Read(Type type, string text)
    {
        var names = Of(type);
        var read = (AreFlags(type) ? text.Split(',') : [text]).Select(part => Find(names, part.Trim())).ToList();
        return read.Contains(null) ? null : string.Join(", ", read);
    }

    private static string? Find(IReadOnlyList<string> names, string name) =>
        names.FirstOrDefault(candidate => candidate == name)
        ?? names.FirstOrDefault(candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase));
}
