using System.Globalization;

namespace PluginHost.Soak.Acts;

/// <summary>What authors do.</summary>
internal static class Commits
{
    public static IReadOnlyList<Act> All { get; } =
    [
        new("commit, good", 12, world => CommitAsync(world, ContentKind.Good)),
        new("commit, leaking", 3, world => CommitAsync(world, ContentKind.Leaking)),
        new("commit, does not compile", 4, world => CommitAsync(world, ContentKind.DoesNotCompile)),
        new("commit, throws when loaded", 3, world => CommitAsync(world, ContentKind.ThrowsWhenLoaded)),
        new("commit, wrong schedule", 3, world => CommitAsync(world, ContentKind.HasAWrongSchedule)),
        new("commit, all plugins", 3, CommitAllAsync),
        new("commit, prose", 3, CommitProseAsync),
        new("five commits in a row", 3, CommitManyAsync),
        new("revert", 4, RevertAsync),
        new("history rewritten", 3, RewriteAsync),
        new("folder renamed", 3, RenameAsync),
        new("plugin removed", 2, RemoveAsync),
        new("plugin added again", 4, AddAsync),
    ];

    private static Task CommitAsync(World world, ContentKind kind)
    {
        world.History.Commit(kind.ToString(), (world.PickPlugin(), world.History.Next(kind)));
        world.Push();
        return Task.CompletedTask;
    }

    private static Task CommitAllAsync(World world)
    {
        world.History.Commit("All", [.. world.History.Tip.Keys.Select(plugin => (plugin, (Content?)world.History.Next(ContentKind.Good)))]);
        world.Push();
        return Task.CompletedTask;
    }

    private static Task CommitProseAsync(World world)
    {
        world.History.CommitProse(world.History.Next(ContentKind.Good).Number.ToString(CultureInfo.InvariantCulture));
        world.Push();
        return Task.CompletedTask;
    }

    private static async Task CommitManyAsync(World world)
    {
        for (var i = 0; i < 5; i++)
        {
            await CommitAsync(world, world.Random.Next(3) == 0 ? ContentKind.DoesNotCompile : ContentKind.Good);
            await Task.Delay(world.Random.Next(300));
        }
    }

    private static Task RevertAsync(World world)
    {
        if (world.History.Count > 1)
        {
            world.History.Revert();
            world.Push();
        }

        return Task.CompletedTask;
    }

    private static Task RewriteAsync(World world)
    {
        var count = world.Random.Next(1, 4);
        if (world.History.Count > count)
        {
            world.History.Rewrite(count);
            world.Push();
        }

        return Task.CompletedTask;
    }

    private static Task RenameAsync(World world)
    {
        world.History.RenameFolder(world.PickPlugin());
        world.Push();
        return Task.CompletedTask;
    }

    private static Task RemoveAsync(World world)
    {
        if (world.History.Tip.Count > World.Plugins.Count - 2)
        {
            world.History.Commit("Removed", (world.PickPlugin(), null));
            world.Push();
        }

        return Task.CompletedTask;
    }

    private static Task AddAsync(World world)
    {
        if (World.Plugins.FirstOrDefault(plugin => !world.History.Tip.ContainsKey(plugin)) is { } missing)
        {
            world.History.Commit("Added", (missing, world.History.Next(ContentKind.Good)));
            world.Push();
        }

        return Task.CompletedTask;
    }
}
