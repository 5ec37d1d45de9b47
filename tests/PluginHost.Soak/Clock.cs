using System.Buffers.Binary;
using PluginHost.TestInfra;

namespace PluginHost.Soak;

/// <summary>The clock that the host sees: the machine's, put forward and back. On Linux, where there is a compiler of C.</summary>
internal sealed class Clock
{
    /// <summary>How far the clock is put from the right time, at most.</summary>
    public static readonly TimeSpan MostShift = TimeSpan.FromSeconds(60);

    private readonly string _shift;
    private readonly string? _library;

    public Clock(string folder)
    {
        Directory.CreateDirectory(folder);
        _shift = Path.Combine(folder, "shift");
        Set(TimeSpan.Zero);
        if (CanBeSet)
        {
            _library = Path.Combine(folder, "clock.so");
            Command.Run(folder, "cc", "-shared", "-fPIC", "-o", _library, Path.Combine(AppContext.BaseDirectory, "clock.c"));
        }
    }

    public static bool CanBeSet { get; } = OperatingSystem.IsLinux() && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "cc")));

    /// <summary>What lets a process see it.</summary>
    public IReadOnlyDictionary<string, string> Variables => _library is null
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { ["LD_PRELOAD"] = _library, ["SOAK_CLOCK"] = _shift };

    /// <summary>Sets it to so much after the right time, for all who see it, at once.</summary>
    public void Set(TimeSpan shift)
    {
        var seconds = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)shift.TotalSeconds);

        // In place: they have mapped this very file.
        using var file = new FileStream(_shift, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(seconds);
    }
}
