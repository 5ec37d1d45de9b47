using System.Collections.Frozen;
using System.Text;
using PluginHost.Planning;
using PluginHost.Sources;

namespace PluginHost.Building;

/// <summary>A plugin that nobody runs: building it makes the build servers ready.</summary>
internal static class WarmUp
{
    // No source can have this name.
    public const string Source = ".warm-up";
    private const string Project = "WarmUp.csproj";

    private static readonly Dictionary<string, string> Files = new()
    {
        [Project] = PluginProject.Text,
        ["WarmUp.cs"] = """
            public sealed class WarmUp(ILogger<WarmUp> log) : IScript
            {
                [Parameter]
                public string Name { get; init; } = "";

                public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
                {
                    await Task.Delay(1, cancellationToken);
                    log.LogInformation("{Name}", string.Join(' ', Enumerable.Range(1, 3).Select(number => number + Name)));
                }
            }
            """,
    };

    public static ChangePlan Plan() => new(
        new SourceSnapshot
        {
            Source = Source,
            Branch = null,
            Commit = new string('0', 40),
            Author = "",
            Message = "",
            Tree = new SourceTree(Source, Files.Keys.ToFrozenDictionary(name => name, name => new SourceFile(name, SourceFileKind.Regular)), FrozenDictionary<string, SourceTree>.Empty),
            OpenContent = name => new MemoryStream(Encoding.UTF8.GetBytes(Files[name])),
        },

        // Another one each time, so that fetching packages is warmed up as well.
        Environment: Guid.NewGuid().ToString("n"),
        [new PlannedPlugin("WarmUp", Project, PlanAction.Build, "it warms up the build servers")],
        Removed: []);
}
