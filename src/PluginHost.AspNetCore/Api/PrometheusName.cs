using System.Diagnostics.Metrics;
using System.Globalization;

namespace PluginHost.AspNetCore.Api;

/// <summary>What an instrument and its tags are called in Prometheus, by OpenTelemetry's rules for that.</summary>
internal static class PrometheusName
{
    public static string Of(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "", // "{run}" only explains
        };
        return $"{name}{unit}{(instrument is Counter<long> ? "_total" : "")}";
    }

    public static string[] Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = new string[tags.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = tags[i].Key.Replace('.', '_');
        }

        return names;
    }

    public static string[] Values(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new string[tags.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "";
        }

        return values;
    }
}
