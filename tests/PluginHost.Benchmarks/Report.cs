using System.Globalization;

namespace PluginHost.Benchmarks;

/// <summary>Prints a table of medians, each with its ratio to the first row.</summary>
internal static class Report
{
    public static void Print(string title, IReadOnlyList<Samples> contestants)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",-44}{"median ms",12}{"from",10}{"to",10}{"ours / it",12}"));
        var ours = contestants[0].Median;
        foreach (var contestant in contestants)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{contestant.Name,-44}{contestant.Median,12:F0}{contestant.Quantile(0),10:F0}{contestant.Quantile(1),10:F0}{ours / contestant.Median,12:F2}"));
        }
    }
}
