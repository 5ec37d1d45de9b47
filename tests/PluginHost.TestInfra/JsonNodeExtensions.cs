using System.Globalization;
using System.Text.Json.Nodes;

namespace PluginHost.TestInfra;

/// <summary>Reads what the API answers.</summary>
public static class JsonNodeExtensions
{
    /// <summary>The moment in a field that has to have one.</summary>
    public static DateTimeOffset Moment(this JsonNode row, string name) => DateTimeOffset.Parse(row[name]!.ToString(), CultureInfo.InvariantCulture);
}
