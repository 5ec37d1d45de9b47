using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.Soak.Acts;

/// <summary>What the world does.</summary>
internal static class Outages
{
    public static IReadOnlyList<Act> All { get; } =
    [
        new("kill -9", 5, KillAsync),
        new("kill -9 under the supervisor", 4, KillSupervisedAsync),
        new("stop and start", 2, RestartAsync),
        new("kill -9 while it starts", 1, KillWhileStartingAsync),
        new("remote out of reach", 3, GoOutOfReachAsync),
        new("remote back", 4, ComeBackAsync),
        new("host suspended", 2, SuspendAsync),
        new("clock put forward, and back", 2, world => PutClockAsync(world, 1)),
        new("clock put back, and forward", 2, world => PutClockAsync(world, -1)),
    ];

    private static async Task KillAsync(World world)
    {
        await Task.Delay(world.Random.Next(1000));
        await world.KillHostAsync();
        await Task.Delay(world.Random.Next(world.Random.Next(4) == 0 ? 15_000 : 500));
        await world.StartHostAsync();
    }

    private static async Task KillSupervisedAsync(World world)
    {
        await Task.Delay(world.Random.Next(1000));
        await world.KillSupervisedAsync();
    }

    private static async Task RestartAsync(World world)
    {
        await world.StopHostAsync();
        await world.StartHostAsync();
    }

    private static async Task KillWhileStartingAsync(World world)
    {
        await world.KillHostAsync();
        await world.LaunchHostAsync();
        await Task.Delay(world.Random.Next(1500));
        await world.KillHostAsync();
        await world.StartHostAsync();
    }

    private static Task GoOutOfReachAsync(World world)
    {
        if (!world.History.IsOutOfReach)
        {
            world.History.GoOutOfReach();
        }

        return Task.CompletedTask;
    }

    private static Task ComeBackAsync(World world)
    {
        world.ComeBack();
        return Task.CompletedTask;
    }

    private static async Task PutClockAsync(World world, int direction)
    {
        world.Clock.Set(direction * TimeSpan.FromSeconds(world.Random.Next(1, (int)Clock.MostShift.TotalSeconds)));
        await Task.Delay(world.Random.Next(10_000));
        world.Clock.Set(TimeSpan.Zero);
    }

    /// <summary>As a laptop whose lid is closed: time goes on, and the host does not.</summary>
    private static async Task SuspendAsync(World world)
    {
        var id = world.Host.SupervisedProcessId.ToString(CultureInfo.InvariantCulture);
        Command.Run("/", "kill", "-STOP", id);
        await Task.Delay(world.Random.Next(1000, 12_000));
        Command.Run("/", "kill", "-CONT", id);
    }
}
