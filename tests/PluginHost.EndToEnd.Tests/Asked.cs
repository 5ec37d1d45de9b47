using System.Globalization;

namespace PluginHost.EndToEnd.Tests;

/// <summary>How much of something a test is asked to do.</summary>
internal static class Asked
{
    /// <param name="variable">The variable of the environment that asks for it.</param>
    /// <param name="otherwise">What it does when nobody asks.</param>
    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
