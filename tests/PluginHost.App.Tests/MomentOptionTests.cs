using Microsoft.Extensions.Time.Testing;
using PluginHost.App.Client;

namespace PluginHost.App.Tests;

public sealed class MomentOptionTests
{
    private static readonly FakeTimeProvider Time = Berlin();

    [TestCase("18:30", "2026-07-01T16:30:00Z")]
    [TestCase("2026-01-31", "2026-01-30T23:00:00Z")]
    [TestCase("2026-01-31T18:30", "2026-01-31T17:30:00Z")]
    [TestCase("2026-01-31 18:30:15", "2026-01-31T17:30:15Z")]
    [TestCase("2026-01-31T18:30Z", "2026-01-31T18:30:00Z")]
    [TestCase("2026-01-31T18:30+05:00", "2026-01-31T13:30:00Z")]
    public void WithoutAnOffset_ItIsOnTheLocalClock(string text, string expected)
    {
        Assert.That(MomentOption.TryParse(text, Time, out var moment), Is.True);
        Assert.That(moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(expected));
    }

    [TestCase("noon")]
    [TestCase("25:00")]
    [TestCase("")]
    public void WhatIsNoMoment_IsRefused(string text)
    {
        Assert.That(MomentOption.TryParse(text, Time, out _), Is.False);
    }

    private static FakeTimeProvider Berlin()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        return time;
    }
}
