namespace PluginHost.Soak.Invariants;

/// <summary>Brings the world to rest, checks all that must hold, and lets it go on.</summary>
internal sealed class Settling
{
    private readonly RunsAreAccountedFor _runs = new();
    private readonly List<Sample> _samples = [];

    public IReadOnlyList<Sample> Samples => _samples;

    public async Task CheckAsync(World world)
    {
        world.ComeBack();

        // After many deaths in a row the supervisor lets the host start nothing by itself.
        using var answer = await world.Host.Api.DeleteAsync("api/v1/safe-mode");
        await Deployed.CheckAsync(world);
        await Schedules.CheckAsync(world);
        await Unloading.CheckAsync(world);
        await _runs.CheckAsync(world);
        _samples.Add(await Sample.TakeAsync(world));
        Bounds.Check(_samples);
    }
}
