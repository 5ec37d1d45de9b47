using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace PluginHost.Alerts;

/// <summary>Sends alerts as e-mail.</summary>
internal sealed class Mail(IOptions<AlertOptions> options)
{
    public async Task SendAsync(string address, Alert alert, CancellationToken cancellationToken)
    {
        var mail = options.Value.Mail;
        using var message = new MimeMessage
        {
            // A subject is one line: what follows a line break would be a header of somebody else's making.
            Subject = $"[PluginHost] {alert.Title.ReplaceLineEndings(" ")}",
            Body = new TextPart("plain") { Text = string.Join("\n\n", new[] { alert.Title, alert.Detail, alert.LinkUnder(options.Value.PublicUrl) }.Where(part => !string.IsNullOrEmpty(part))) },
            Date = alert.At,
        };
        message.From.Add(MailboxAddress.Parse(mail.From));
        message.To.Add(MailboxAddress.Parse(address));

        using var client = new SmtpClient();
        await client.ConnectAsync(mail.Host, mail.Port, Protection(mail.Security), cancellationToken);
        if (mail.User is { } user)
        {
            await client.AuthenticateAsync(user, await SecretFile.ReadAsync(mail.PasswordFile, mail.Password, cancellationToken), cancellationToken);
        }

        await client.SendAsync(message, cancellationToken);
        await client.DisconnectAsync(quit: true, cancellationToken);
    }

    private static SecureSocketOptions Protection(MailSecurity security) => security switch
    {
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
