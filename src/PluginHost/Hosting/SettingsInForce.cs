using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;
using PluginHost.Sources;

namespace PluginHost.Hosting;

/// <summary>The settings in force, for people: of what is secret only that it is set.</summary>
internal sealed class SettingsInForce(IOptions<PluginHostOptions> options)
{
    // By name, so that one that is added later is not shown because somebody forgot to say so. A test goes through them all.
    private static readonly string[] SecretNames = ["Secret", "Token", "Password", "Passphrase", "Key"];

    public IReadOnlyList<SettingInfo> Read() => Read(options.Value, new PluginHostOptions());

    internal static IReadOnlyList<SettingInfo> Read(PluginHostOptions settings, PluginHostOptions defaults) => [.. Read(PluginHostOptions.SectionName, settings, defaults)];

    private static IEnumerable<SettingInfo> Read(string path, object settings, object? defaults) =>
        settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanRead)
            .SelectMany(property => Read($"{path}:{property.Name}", property.Name, property.GetValue(settings), defaults is null ? null : property.GetValue(defaults)));

    private static IEnumerable<SettingInfo> Read(string path, string name, object? value, object? standard) => value switch
    {
        _ when IsSecret(name) => [new SettingInfo(path, value is null or "" ? "not set" : "set", value is null or "")],
        // Some forges take the token as the name of the user.
        string when name == nameof(CredentialOptions.User) && !Equals(value, standard) => [new SettingInfo(path, "set", false)],
        null or string or bool or Enum or TimeSpan or IFormattable => [new SettingInfo(path, Write(name, value), Equals(value, standard))],
        IDictionary { Count: 0 } => [],
        IDictionary entries => entries.Keys.Cast<object>().SelectMany(key => Read($"{path}:{key}", $"{key}", entries[key]!)),
        IEnumerable items => [new SettingInfo(path, string.Join(", ", items.Cast<object>().Select(item => Write(name, item))), !items.Cast<object>().Any())],
        _ => Read(path, value, standard),
    };

    // An entry of a dictionary: its name is the operator's, who may call a source "Token".
    private static IEnumerable<SettingInfo> Read(string path, string key, object value) => value is string or IFormattable
        ? [new SettingInfo(path, Write(key, value), IsDefault: false)]
        : Read(path, value, Activator.CreateInstance(value.GetType()));

    private static bool IsSecret(string name) =>
        SecretNames.Any(secret => name.EndsWith(secret, StringComparison.OrdinalIgnoreCase));

    private static string Write(string name, object? value) => (name, value) switch
    {
        (_, null) => "",

        // It may hold credentials.
        ("Url", string { Length: > 0 } url) => RemoteAddress.Parse(url).Url,
        (_, bool flag) => flag ? "true" : "false",
        (_, IFormattable formattable) => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}
