using System.Text.RegularExpressions;

namespace PluginHost.App.Output;

/// <summary>Takes out of text what a terminal would obey: a commit's message or a log must not clear the screen or fake a line.</summary>
internal static partial class Printable
{
    public static string Of(string text) => Controls().Replace(text, "\uFFFD");

    [GeneratedRegex(@"[\x00-\x08\x0B-\x1F\x7F\x80-\x9F]")]
    private static partial Regex Controls();
}
