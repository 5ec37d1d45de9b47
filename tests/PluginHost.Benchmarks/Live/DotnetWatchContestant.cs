using System.Diagnostics;
using System.Threading.Channels;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Live;

/// <summary><c>dotnet watch</c> over a program that keeps printing its answer: from the edit until the new answer is printed.</summary>
internal sealed class DotnetWatchContestant : IContestant
{
    private readonly string _folder;
    private readonly MarkedProcesses _processes = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Process _watch;

    private DotnetWatchContestant(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Watched.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), "while (true) { Console.WriteLine(\"answer \" + Work.Answer()); Thread.Sleep(5); }");
        Edit(0);
        _processes.Environment["DOTNET_WATCH_SUPPRESS_EMOJIS"] = "1";
        _watch = _processes.Start(folder, "dotnet", ["watch", "run", "--non-interactive"], line => _lines.Writer.TryWrite(line));
    }

    public string Name => "dotnet watch (hot reload of a console program)";

    public static async Task<DotnetWatchContestant> StartAsync(string folder)
    {
        var contestant = new DotnetWatchContestant(folder);
        await contestant.UntilAnswerAsync(0);
        return contestant;
    }

    public async Task<TimeSpan> MeasureAsync(int number)
    {
        var watch = Stopwatch.StartNew();
        Edit(number);
        await UntilAnswerAsync(number);
        return watch.Elapsed;
    }

    public ValueTask DisposeAsync()
    {
        _processes.Kill();
        _watch.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Edit(int number) => File.WriteAllText(Path.Combine(_folder, "Work.cs"), $"public static class Work {{ public static int Answer() => {number}; }}");

    private async Task UntilAnswerAsync(int number)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await _lines.Reader.ReadAsync(limit.Token) != $"answer {number}")
        {
        }
    }
}
