using System.Collections;
using System.Reflection;

namespace PluginHost.Hosting.Settings;

/// <summary>What may stand at one place of the configuration.</summary>
internal abstract record SettingNode
{
    public static SettingNode Of(IEnumerable<SettingsSection> sections)
    {
        var root = new SettingGroup();
        foreach (var section in sections)
        {
            var place = root;
            var names = section.Path.Split(':', StringSplitOptions.RemoveEmptyEntries);
            foreach (var name in names.SkipLast(1))
            {
                place = (SettingGroup)(place.Settings.TryGetValue(name, out var known) ? known : place.Settings[name] = new SettingGroup());
            }

            if (names is [.., var last])
            {
                place.Settings[last] = Of(section.Type);
            }
            else
            {
                root.Add(section.Type);
            }
        }

        return root;
    }

    public static SettingNode Of(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(object) ? new AnySetting()
            : IsValue(plain) ? new SettingValue(plain, MayBeEmpty: plain != type || plain == typeof(string))
            : ArgumentsOf(plain, typeof(IDictionary<,>)) is [_, var value] ? new SettingMap(Of(value))
            : typeof(IEnumerable).IsAssignableFrom(plain) ? new SettingMap(Of(ArgumentsOf(plain, typeof(IEnumerable<>))![0]))
            : new SettingGroup().Add(plain);
    }

    private static bool IsValue(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(decimal) || type == typeof(Uri);

    private static Type[]? ArgumentsOf(Type type, Type definition) =>
        new[] { type }.Concat(type.GetInterfaces()).FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == definition)?.GetGenericArguments();
}

/// <summary>Whatever is there is somebody else's.</summary>
internal sealed record AnySetting : SettingNode;

/// <summary>One value.</summary>
internal sealed record SettingValue(Type Type, bool MayBeEmpty) : SettingNode;

/// <summary>Entries under names, or numbers, of the operator's choice.</summary>
internal sealed record SettingMap(SettingNode Entry) : SettingNode;

/// <summary>Settings by their names.</summary>
internal sealed record SettingGroup : SettingNode
{
    public Dictionary<string, SettingNode> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SettingGroup Add(Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true }))
        {
            Settings[property.Name] = Of(property.PropertyType);
        }

        return this;
    }
}
