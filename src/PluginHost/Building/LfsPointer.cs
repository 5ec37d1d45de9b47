namespace PluginHost.Building;

/// <summary>What git-lfs commits in place of a large file: a small text that says where the file is.</summary>
internal static class LfsPointer
{
    private static ReadOnlySpan<byte> Begin => "version https://git-lfs.github.com/spec/"u8;

    // The specification's own bound.
    private const int MaxLength = 1024;

    public static bool Is(FileInfo file)
    {
        if (file.Length < Begin.Length || file.Length >= MaxLength)
        {
            return false;
        }

        using var content = file.OpenRead();
        Span<byte> start = stackalloc byte[Begin.Length];
        content.ReadExactly(start);
        return start.SequenceEqual(Begin);
    }
}
