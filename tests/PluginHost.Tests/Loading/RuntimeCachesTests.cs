using System.Reflection.Metadata;
using PluginHost.Loading;

[assembly: MetadataUpdateHandler(typeof(PluginHost.Tests.Loading.ThrowingHandler))]
[assembly: MetadataUpdateHandler(typeof(PluginHost.Tests.Loading.CountingHandler))]
[assembly: MetadataUpdateHandler(typeof(PluginHost.Tests.Loading.HandlerWithoutACache))]

namespace PluginHost.Tests.Loading;

[NonParallelizable]
public sealed class RuntimeCachesTests
{
    [Test]
    public void Clear_WhereAHandlerThrows_CallsTheOthers_AndCountsIt()
    {
        var before = CountingHandler.Calls;

        var failed = RuntimeCaches.Clear();

        Assert.That(CountingHandler.Calls, Is.EqualTo(before + 1));
        Assert.That(CountingHandler.LastTypes, Is.Null, "null stands for all types");
        Assert.That(failed, Is.EqualTo(1));
    }
}

internal static class ThrowingHandler
{
    public static void ClearCache(Type[]? types) => throw new InvalidOperationException($"evil {types?.Length}");
}

internal static class CountingHandler
{
    public static int Calls { get; private set; }

    public static Type[]? LastTypes { get; private set; } = [];

    public static void ClearCache(Type[]? types)
    {
        Calls++;
        LastTypes = types;
    }
}

internal static class HandlerWithoutACache
{
    public static void UpdateApplication(Type[]? types) => throw new InvalidOperationException($"must not be called {types?.Length}");
}
