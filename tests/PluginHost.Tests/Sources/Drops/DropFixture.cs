using Microsoft.Extensions.Time.Testing;
using PluginHost.Processes;
using PluginHost.Sources;
using PluginHost.Sources.Drops;
using PluginHost.Sources.Signatures;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources.Drops;

/// <summary>A folder of drops, what is built to be dropped, and a source over it; nothing in it is real code.</summary>
internal sealed class DropFixture : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly HashSet<string> _kept = [];

    public DropFixture(SignatureOptions? signatures = null)
    {
        Source = new DropSource(
            "ci", new SourceOptions { DropFolder = Root }, (_, content) => _kept.Contains(content), signatures is null ? null : new SignatureCheck(signatures, new ChildProcess(TimeProvider.System)), Time);
        Directory.CreateDirectory(Root);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public DropSource Source { get; }

    public string Root => _directory.Combine("drops");

    /// <summary>What a build of a plugin has written.</summary>
    public string Output(string plugin, string code)
    {
        var output = _directory.Combine($"output-{plugin}-{code}");
        Directory.CreateDirectory(Path.Combine(output, "native"));
        File.WriteAllText(Path.Combine(output, $"{plugin}.dll"), code);
        File.WriteAllText(Path.Combine(output, "native", "x.so"), "native");
        return output;
    }

    public string Drop(string plugin, string version, long sequence, string code, string? commit = null, Action<string>? sign = null) =>
        DropWriter.Write(Output(plugin, code), Root, version, Manifest(plugin, sequence) with { Commit = commit }, sign);

    public static DropManifest Manifest(string plugin, long sequence) => new()
    {
        Format = 1, Plugin = plugin, Assembly = $"{plugin}.dll", Sequence = sequence, Files = new Dictionary<string, string>(),
        CreatedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(sequence),
    };

    /// <summary>The host has copied what a drop holds.</summary>
    public void Keep(string contentId) => _kept.Add(contentId);

    public Task<SourceSnapshot> LookAsync(SourceSnapshot? before = null) => Source.PullAsync(before, default);

    /// <summary>Looks, and once more when files that did not change in between count as at rest.</summary>
    public async Task<SourceSnapshot> LookAtRestAsync()
    {
        var before = await LookAsync();
        Time.Advance(TimeSpan.FromSeconds(11));
        return await LookAsync(before);
    }

    public void Dispose()
    {
        Source.Dispose();
        _directory.Dispose();
    }
}
