using System.Buffers.Binary;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>A node whose machine has another time than the database's.</summary>
public sealed class WrongClock : ClusterTestBase
{
    [TestCase(5, " s ahead of")]
    [TestCase(-5, " s behind")]
    public void ANodeWhoseClockIsFiveSecondsOff_IsRefused_WithTheReason(long seconds, string expected)
    {
        var library = Folder.Combine("clock.so");
        Command.Run("/", Requires.Program("gcc", "cc"), "-shared", "-fPIC", "-o", library, Path.Combine(TestInfra.Repository.Root, "tests/PluginHost.Soak/clock.c"));
        var shift = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(shift, seconds);
        File.WriteAllBytes(Folder.Combine("shift"), shift);
        Repository.AddPlugin("A").Commit("First");

        // Of the node alone: PostgreSQL has the machine's.
        var environment = new Dictionary<string, string>(Cluster) { ["LD_PRELOAD"] = library, ["SOAK_CLOCK"] = Folder.Combine("shift") };
        Assert.That(
            () => ReadyHost.StartAsync(Repository.Path, DataOf(1), environment: environment),
            Throws.InvalidOperationException.With.Message.Contains("The clock of this machine is").And.Message.Contains($"{expected} the database's").And.Message.Contains("MaxClockOffset").And.Message.Contains("NTP"));
    }
}
