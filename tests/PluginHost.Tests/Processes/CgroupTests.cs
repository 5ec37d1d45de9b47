using PluginHost.Processes;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Processes;

/// <summary>Over folders that look like the kernel's: which group is found, and what is written to it.</summary>
[Platform(Exclude = "Win", Reason = "The paths are those of Linux.")]
public sealed class CgroupTests
{
    private TestDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TestDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public void AGroupWhoseChildrenMayHaveTheControllers_BoundsThem()
    {
        Mount("/service/host");
        Group("service/host", controllers: "cpuset cpu memory pids", inChildren: "memory");

        using var cgroup = Find(out _)!;
        using (cgroup.Limit(4711))
        {
            Assert.That(Read("service/host/cgroup.subtree_control"), Is.EqualTo("+cpu"), "what was off");
            Assert.That(Read("service/host/pluginhost-worker-4711/memory.max"), Is.EqualTo("1073741824"));
            Assert.That(Read("service/host/pluginhost-worker-4711/cpu.max"), Is.EqualTo("150000 100000"));
            Assert.That(Read("service/host/pluginhost-worker-4711/cgroup.procs"), Is.EqualTo("4711"));
        }
    }

    [Test]
    public void WhereTheOwnGroupCannot_TheOneAboveIsTaken()
    {
        Mount("/service/host");
        Group("service", controllers: "cpu memory", inChildren: "cpu memory");
        Group("service/host", controllers: "", inChildren: "");

        using var cgroup = Find(out _)!;
        using var limited = cgroup.Limit(1);

        Assert.That(Directory.Exists(_directory.Combine("fs/service/pluginhost-worker-1")), Is.True);
    }

    [Test]
    public void WhereNeitherCan_ItIsSaidWhy()
    {
        Mount("/service/host");
        Group("service", controllers: "cpu", inChildren: "");
        Group("service/host", controllers: "memory", inChildren: "");

        Assert.That(Find(out var shortcoming), Is.Null);
        Assert.That(shortcoming, Is.EqualTo($"{_directory.Combine("fs/service/host")} has no controller for cpu, and {_directory.Combine("fs/service")} has no controller for memory"));
    }

    [TestCase("", "0::/\n")]
    [TestCase("1 2 0:3 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n", "3:cpu:/\n")]
    public void WithoutControlGroupsOfVersion2_ItIsSaid(string mounts, string groups)
    {
        Directory.CreateDirectory(_directory.Combine("proc/self"));
        File.WriteAllText(_directory.Combine("proc/self/mountinfo"), mounts);
        File.WriteAllText(_directory.Combine("proc/self/cgroup"), groups);

        Assert.That(Find(out var shortcoming), Is.Null);
        Assert.That(shortcoming, Is.EqualTo("the system has no control groups of version 2"));
    }

    private Cgroup? Find(out string shortcoming) => Cgroup.Find(1 << 30, 1.5, out shortcoming, _directory.Combine("proc"));

    private string Read(string file) => File.ReadAllText(_directory.Combine($"fs/{file}"));

    private void Mount(string own)
    {
        Directory.CreateDirectory(_directory.Combine("proc/self"));
        File.WriteAllText(_directory.Combine("proc/self/mountinfo"), $"20 1 0:4 / /proc rw - proc proc rw\n30 20 0:26 / {_directory.Combine("fs")} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
        File.WriteAllText(_directory.Combine("proc/self/cgroup"), $"3:cpu:/elsewhere\n0::{own}\n");
        Directory.CreateDirectory(_directory.Combine($"fs{own}"));
    }

    private void Group(string path, string controllers, string inChildren)
    {
        File.WriteAllText(_directory.Combine($"fs/{path}/cgroup.controllers"), controllers + "\n");
        File.WriteAllText(_directory.Combine($"fs/{path}/cgroup.subtree_control"), inChildren + "\n");
    }
}
