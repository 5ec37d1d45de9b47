using System.Globalization;
using System.Security.Cryptography;

namespace PluginHost.Soak;

/// <summary>What was asked for.</summary>
internal sealed record Options(TimeSpan Length, int Seed)
{
    /// <returns>Null when it cannot be understood.</returns>
    public static Options? Parse(string[] arguments)
    {
        var options = new Options(TimeSpan.FromMinutes(10), RandomNumberGenerator.GetInt32(1_000_000));
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            if (arguments[i] == "--for" && ParseTime(value) is { } length)
            {
                options = options with { Length = length };
            }
            else if (arguments[i] == "--seed" && int.TryParse(value, CultureInfo.InvariantCulture, out var seed))
            {
                options = options with { Seed = seed };
            }
            else
            {
                return null;
            }
        }

        return options;
    }

    private static TimeSpan? ParseTime(string text) => text.Length > 1 && double.TryParse(text[..^1], CultureInfo.InvariantCulture, out var number) && number > 0
        ? text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            _ => null,
        }
        : null;
}
