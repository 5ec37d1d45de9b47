using System.ComponentModel.DataAnnotations;
using System.Globalization;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Notify;

[Script(Description = "Mails which disks are nearly full", MaxAttempts = 3, RetryDelay = "00:05:00")]
[Schedule("0 7 * * MON-FRI", TimeZone = "Europe/Berlin")]
public sealed class MailDiskSpace(IConfiguration settings, ILogger<MailDiskSpace> log) : IScript
{
    [Parameter(Description = "Tell of disks with less free space than this many percent"), Range(1, 100)]
    public int BelowPercent { get; init; } = 15;

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var full = DriveInfo.GetDrives()
            .Where(drive => drive is { IsReady: true, DriveType: DriveType.Fixed, TotalSize: > 0 })
            .Select(drive => (drive.Name, Percent: 100 * drive.AvailableFreeSpace / drive.TotalSize))
            .Where(drive => drive.Percent < BelowPercent)
            .Select(drive => $"{drive.Name}: {drive.Percent} % free")
            .ToList();
        if (full.Count > 0)
        {
            await SendAsync(string.Join('\n', full), cancellationToken);
        }

        log.LogInformation("{Count} disks are nearly full", full.Count);
        context.SetResult(full);
    }

    private async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        using var message = new MimeMessage { Subject = $"{Environment.MachineName}: disks are nearly full", Body = new TextPart("plain") { Text = text } };
        message.From.Add(MailboxAddress.Parse(Setting("From")));
        message.To.AddRange(InternetAddressList.Parse(Setting("To")));

        using var client = new SmtpClient();
        await client.ConnectAsync(Setting("Host"), int.Parse(Setting("Port"), CultureInfo.InvariantCulture), SecureSocketOptions.StartTlsWhenAvailable, cancellationToken);
        if (settings["User"] is { } user)
        {
            await client.AuthenticateAsync(user, Setting("Password"), cancellationToken);
        }

        await client.SendAsync(message, cancellationToken);
        await client.DisconnectAsync(quit: true, cancellationToken);
    }

    private string Setting(string name) => settings[name]
        ?? throw new InvalidOperationException($"No mail can be sent. Set PluginHost:Scripts:Notify.MailDiskSpace:{name} where the host keeps its settings.");
}
