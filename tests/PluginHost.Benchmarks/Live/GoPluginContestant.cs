using System.Diagnostics;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Live;

/// <summary>Go's own way: <c>go build -buildmode=plugin</c>, and <c>plugin.Open</c> by a program that has been built before.</summary>
internal sealed class GoPluginContestant : IContestant
{
    private const string Host = """
        package main

        import ("fmt"; "os"; "plugin")

        func main() {
            opened, err := plugin.Open(os.Args[1])
            if err != nil { fmt.Println(err); os.Exit(1) }
            answer, err := opened.Lookup("Answer")
            if err != nil { fmt.Println(err); os.Exit(1) }
            fmt.Println(answer.(func() int)())
        }
        """;

    private readonly string _folder;
    private readonly MarkedProcesses _processes = new();

    private GoPluginContestant(string folder)
    {
        _folder = folder;
        Write("host/go.mod", "module host\n\ngo 1.19\n").Write("host/main.go", Host).Write("plugin/go.mod", "module answer\n\ngo 1.19\n");
        _processes.Environment["GOFLAGS"] = "-mod=mod";
        _processes.Environment["GOCACHE"] = Path.Combine(folder, "cache");
        _processes.Run(Path.Combine(folder, "host"), "go", "build", "-o", "host");
    }

    public string Name => "go build -buildmode=plugin + plugin.Open";

    public static GoPluginContestant? Create(string folder)
    {
        if (Requires.Find("go") is not null)
        {
            return new GoPluginContestant(folder);
        }

        Console.WriteLine("Go is not installed (Debian: golang-go), so it does not take part.");
        return null;
    }

    public Task<TimeSpan> MeasureAsync(int number)
    {
        Write("plugin/answer.go", $"package main\n\nimport \"fmt\"\n\nfunc Answer() int {{ fmt.Sprint({number}); return {number} }}\n");
        var plugin = Path.Combine(_folder, $"answer{number}.so");

        var watch = Stopwatch.StartNew();
        _processes.Run(Path.Combine(_folder, "plugin"), "go", "build", "-buildmode=plugin", "-o", plugin);
        var answer = _processes.Run(_folder, Path.Combine(_folder, "host", "host"), plugin);
        var time = watch.Elapsed;

        return answer == $"{number}" ? Task.FromResult(time) : throw new InvalidOperationException($"Go answers {answer}.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private GoPluginContestant Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        File.WriteAllText(Path.Combine(_folder, path), text);
        return this;
    }
}
