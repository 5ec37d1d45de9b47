using System.Text.RegularExpressions;
using PluginHost.Building;

namespace PluginHost.App.Authoring;

/// <summary>The files of a new plugin with one script.</summary>
internal static partial class PluginTemplate
{
    private const string Script = """
        namespace NAMESPACE;

        [Script(Description = "Says hello in the log")]
        // [Schedule("0 6 * * MON-FRI", TimeZone = "Europe/Berlin")]
        public sealed class Run(ILogger<Run> log) : IScript
        {
            [Parameter(Description = "Whom to greet")]
            public string Name { get; init; } = "world";

            public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
            {
                log.LogInformation("Hello, {Name}!", Name);
                return Task.CompletedTask;
            }
        }

        """;

    /// <summary>Whether a plugin may have this name: its id is the name of its project file.</summary>
    public static bool IsValidName(string name) => name is not ("." or "..") && ValidName().IsMatch(name);

    /// <summary>The files by name.</summary>
    public static IReadOnlyDictionary<string, string> Files(string name) => new Dictionary<string, string>
    {
        [$"{name}.csproj"] = PluginProject.Text.ReplaceLineEndings("\n"),
        ["Run.cs"] = Script.Replace("NAMESPACE", Namespace(name), StringComparison.Ordinal).ReplaceLineEndings("\n"),
    };

    // What a namespace cannot have becomes an underscore, as the SDK does it.
    private static string Namespace(string name) => string.Join('.', name
        .Split('.', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Replace('-', '_'))
        .Select(part => char.IsAsciiDigit(part[0]) ? $"_{part}" : part));

    [GeneratedRegex(@"^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?\z")]
    private static partial Regex ValidName();
}
