namespace PluginHost.Soak.Acts;

/// <summary>Something that happens to the host.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Weight">How often it happens, beside the others.</param>
/// <param name="PerformAsync">Does it.</param>
internal sealed record Act(string Name, int Weight, Func<World, Task> PerformAsync)
{
    public static IReadOnlyList<Act> All { get; } = [.. Commits.All, .. Runs.All, .. Runs.Harmful, .. Operations.All, .. Outages.All];

    public static Act Pick(Random random)
    {
        var ticket = random.Next(All.Sum(act => act.Weight));
        return All.First(act => (ticket -= act.Weight) < 0);
    }
}
