using System.Diagnostics.CodeAnalysis;

namespace PluginHost.Scripts;

/// <summary>Finds time zones by their IANA or Windows id.</summary>
internal static class TimeZones
{
    /// <param name="id">The id.</param>
    /// <param name="zone">The zone, when this is true.</param>
    /// <param name="problem">When this is false, what is wrong, as a sentence.</param>
    public static bool TryFind(string? id, [NotNullWhen(true)] out TimeZoneInfo? zone, [NotNullWhen(false)] out string? problem)
    {
        zone = null;
        problem = null;
        if (string.IsNullOrWhiteSpace(id))
        {
            problem = "The time zone is empty. Write an IANA or Windows id, for example \"Europe/Berlin\", or leave it out for UTC.";
            return false;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(id.Trim(), out zone))
        {
            return true;
        }

        var known = TimeZoneInfo.GetSystemTimeZones().Select(candidate => candidate.Id).ToList();
        problem = known.Count < 10
            ? $"This machine knows no time zone '{id}', and hardly any other: install its time zone data (the package tzdata)."
            : $"This machine knows no time zone '{id}'. {Advice(id, known)}";
        return false;
    }

    private static string Advice(string id, List<string> known)
    {
        var city = "/" + id.Trim().Replace(' ', '_');
        var meant = known.Find(candidate => candidate.EndsWith(city, StringComparison.OrdinalIgnoreCase)) ?? NearestName.Find(id, known);
        return meant is null
            ? "Write an IANA or Windows id, for example \"Europe/Berlin\"."
            : $"Did you mean '{meant}'?";
    }
}
