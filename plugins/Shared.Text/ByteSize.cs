using System.Globalization;

namespace Shared.Text;

/// <summary>Sizes as people write them.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>1536 becomes "1.5 KiB".</summary>
    public static string Format(long bytes)
    {
        double size = bytes;
        var unit = 0;

        while (Math.Abs(size) >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {Units[unit]}");
    }
}
