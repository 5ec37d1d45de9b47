using System.CommandLine;
using PluginHost.AspNetCore.Api;

namespace PluginHost.App.Client;

/// <summary>An option whose values are those of an enum, in the API's words.</summary>
internal static class EnumOption
{
    public static Option<string?> Create<T>(string name, string description) where T : struct, Enum
    {
        string[] values = [.. Enum.GetValues<T>().Select(ApiJson.Name)];
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', values) };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
