namespace PluginHost.Benchmarks;

/// <summary>What one contestant took, time by time.</summary>
internal sealed class Samples(string name)
{
    private readonly List<double> _milliseconds = [];

    public string Name { get; } = name;

    public double Median => Quantile(0.5);

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    public double Quantile(double share)
    {
        var sorted = _milliseconds.Order().ToList();
        return sorted[(int)Math.Round((sorted.Count - 1) * share)];
    }
}
