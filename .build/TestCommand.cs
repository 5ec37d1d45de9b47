namespace PluginHost.Build;

/// <summary>Builds the solution, runs each test project and adds up the counts. The last line is always the counts.</summary>
internal static class TestCommand
{
    public static async Task<int> ExecuteAsync(RepositoryRoot root, string? filter, CancellationToken cancellationToken)
    {
        Console.WriteLine("Building...");

        if (await BuildAsync(root, cancellationToken) != 0)
        {
            Console.WriteLine("The build failed, so no test ran. The errors are above.");
            Console.WriteLine(TestCounts.None);
            return 1;
        }

        var reports = Path.Combine(root.Artifacts, "TestResults");

        if (Directory.Exists(reports))
        {
            Directory.Delete(reports, recursive: true);
        }

        var results = new List<TestReport>();

        // One after the other: the end-to-end tests measure time, and want the machine for themselves.
        foreach (var project in root.TestProjects())
        {
            Console.WriteLine();
            Console.WriteLine($"{project}:");
            results.Add(await RunAsync(root, project, reports, filter, cancellationToken));
        }

        return Summarize(results);
    }

    // The lock ends with the build: a test may itself start the host with build.sh.
    private static async Task<int> BuildAsync(RepositoryRoot root, CancellationToken cancellationToken)
    {
        using var turn = await BuildLock.AcquireAsync(root, cancellationToken);
        return await Dotnet.BuildAsync(root, "Build", root.Solution, [], cancellationToken);
    }

    private static async Task<TestReport> RunAsync(RepositoryRoot root, string project, string reports, string? filter, CancellationToken cancellationToken)
    {
        var report = Path.Combine(reports, project + ".trx");

        string[] arguments =
        [
            "test", root.BuiltAssembly(project), "--nologo",
            "--results-directory", reports,
            "--logger", $"trx;LogFileName={report}",
            "--logger", "console;verbosity=minimal",
            // A test that hangs is named and ended, rather than the whole run with it.
            "--blame-hang", "--blame-hang-timeout", "10m", "--blame-hang-dump-type", "none",
        ];

        var exitCode = await Dotnet.RunAsync(root, filter is null ? arguments : [.. arguments, "--filter", filter], cancellationToken);
        return TestReport.Read(project, report, exitCode);
    }

    private static int Summarize(List<TestReport> results)
    {
        Console.WriteLine();
        Write("Skipped", results.SelectMany(result => result.Skipped));
        Write("Failed", results.SelectMany(result => result.Failed));

        foreach (var result in results)
        {
            Console.WriteLine($"{result.Project}: {result.Counts}");
        }

        var total = results.Aggregate(TestCounts.None, (sum, result) => sum + result.Counts);
        var ran = total.Passed + total.Failed > 0;

        if (!ran)
        {
            Console.WriteLine("No test ran.");
        }

        Console.WriteLine(total);
        return ran && total.Failed == 0 ? 0 : 1;
    }

    private static void Write(string title, IEnumerable<TestOutcome> tests)
    {
        foreach (var test in tests)
        {
            Console.WriteLine($"{title}: {test.Name}{(test.Message is null ? "" : $": {test.Message}")}");
        }
    }
}
