using System.Globalization;

namespace PluginHost.Soak;

/// <summary>The clock that the host sees, by libfaketime where the machine has it.</summary>
/// <remarks>Only the time of day can be set: time that is measured goes on as it does.</remarks>
internal sealed class Clock
{
    /// <summary>How far the clock is put from the right time.</summary>
    public static readonly TimeSpan MostShift = TimeSpan.FromSeconds(60);

    /// <summary>After this time the host sees a clock that was set.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(1.5);

    private readonly string _offset;

    public Clock(string offset)
    {
        _offset = offset;
        Set(TimeSpan.Zero);
    }

    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu").Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>What lets a process see it.</summary>
    public IReadOnlyDictionary<string, string> Environment => Library is null ? new Dictionary<string, string>() : new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = _offset,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>Sets it to so much after the right time.</summary>
    public void Set(TimeSpan shift)
    {
        // A rename, so that nobody reads half of it.
        File.WriteAllText($"{_offset}.new", string.Create(CultureInfo.InvariantCulture, $"{shift.TotalSeconds:+0;-0;+0}\n"));
        File.Move($"{_offset}.new", _offset, overwrite: true);
    }
}
