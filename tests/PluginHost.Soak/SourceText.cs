using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.Soak;

/// <summary>Content as an author writes it.</summary>
internal sealed class SourceText(string journal)
{
    /// <summary>Each scheduled script is due this often.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private const string Leak = """
        static Work() => AppDomain.CurrentDomain.ProcessExit += new Work().Exit;

        private void Exit(object? sender, EventArgs e)
        {
        }
        """;

    private const string WaitUntilCancelled = """
        await Task.Delay(Timeout.Infinite, cancellationToken);
        """;

    private const string WriteALot = """
        for (var line = 0; line < 200_000; line++)
        {
            Console.WriteLine($"{line} <script>alert('{line}')</script> \u001b[31m");
        }
        """;

    /// <summary>The end of a process, by each way that there is.</summary>
    private const string Harm = """
        switch (How)
        {
            case "exit": Environment.Exit(7); break;
            case "failfast": Environment.FailFast("on purpose"); break;
            case "overflow": Recurse(0); break;
            case "thread": new Thread(() => throw new InvalidOperationException("on a thread")).Start(); break;
            case "asyncvoid": Throw(); break;
            case "pool": ThreadPool.UnsafeQueueUserWorkItem(_ => throw new InvalidOperationException("on the pool"), null); break;
            case "block": Parallel.For(0, 100, _ => Thread.Sleep(5000)); break;
        }

        static int Recurse(int depth) => Recurse(depth + 1) + depth;

        static async void Throw()
        {
            await Task.Yield();
            throw new InvalidOperationException("async void");
        }
        """;

    public static bool IsLeaking(string text) => text.Contains("ProcessExit", StringComparison.Ordinal);

    public void Write(TestRepository repository, string folder, string plugin, Content content)
    {
        var number = content.Number.ToString(CultureInfo.InvariantCulture);
        var note = $$"""
            lock (typeof(Random))
            {
                File.AppendAllText("{{journal}}", $"{context.RunId} {context.Attempt} {{number}}\n");
            }
            context.SetResult({{number}});
            """;
        var members = content.Kind switch
        {
            ContentKind.Leaking => Leak,
            ContentKind.ThrowsWhenLoaded => "static Work() => throw new InvalidOperationException(\"on purpose\");",
            ContentKind.DoesNotCompile => "private int Broken => missing;",
            _ => "",
        };
        var schedule = content.Kind == ContentKind.HasAWrongSchedule ? "61 * * * *" : $"*/{Period.TotalSeconds} * * * * *";

        repository
            .Write($"{folder}/{plugin}.csproj", PluginSource.Project())
            .Write($"{folder}/Work.cs", PluginSource.Script(note, members: members))
            .Write($"{folder}/Tick.cs", PluginSource.Script(note, $"[Schedule(\"{schedule}\", Overlap = OverlapPolicy.Allow, CatchUp = CatchUpPolicy.All)]", name: "Tick"))
            .Write($"{folder}/Wait.cs", PluginSource.Script(WaitUntilCancelled, name: "Wait"))
            .Write($"{folder}/Flood.cs", PluginSource.Script(WriteALot, name: "Flood"))
            .Write($"{folder}/Harm.cs", PluginSource.Script(Harm, members: "[Parameter] public string How { get; init; } = \"\";", name: "Harm"));
    }
}
