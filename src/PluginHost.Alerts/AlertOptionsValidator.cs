using Microsoft.Extensions.Options;
using MimeKit;

namespace PluginHost.Alerts;

/// <summary>Finds every mistake in the options at once, before anything starts.</summary>
internal sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        List<string> mistakes =
        [
            .. Check(options.PublicUrl is null || IsWeb(options.PublicUrl), $"{AlertOptions.SectionName}:PublicUrl is '{options.PublicUrl}', which is no http or https address."),
            .. options.Rules.SelectMany(rule => Rule(rule.Key, rule.Value)),
            .. options.CommitStatuses.SelectMany(status => Forge($"{AlertOptions.SectionName}:CommitStatuses:{status.Key}", status.Value)),
            .. options.Rules.Values.Any(rule => rule.MailTo.Count > 0) ? Mail(options.Mail) : [],
        ];
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Rule(string name, AlertRule rule) =>
    [
        .. Check(rule.Url is not null || rule.MailTo.Count > 0, $"{AlertOptions.SectionName}:Rules:{name} tells nobody. Set its Url or its MailTo."),
        .. Check(rule.Url is null || IsWeb(rule.Url), $"{AlertOptions.SectionName}:Rules:{name}:Url is no http or https address."),
        .. rule.MailTo.Where(address => !IsMailbox(address)).Select(address => $"{AlertOptions.SectionName}:Rules:{name}:MailTo has '{address}', which is no e-mail address."),
    ];

    private static IEnumerable<string> Forge(string path, CommitStatusOptions forge) =>
    [
        .. forge.ApiAddress is null ? [$"{path}:Api is not set, and {forge.Forge} has no default. It is https://HOST/api/v1."]
            : Check(Uri.TryCreate(forge.ApiAddress, UriKind.Absolute, out var api) && (api.Scheme == "https" || (api.Scheme == "http" && api.IsLoopback)), $"{path}:Api is '{forge.ApiAddress}', which is no https address. http is taken for this machine alone, because the token goes with it."),
        .. Check(forge.Repository.Length > 0 && (forge.Forge == ForgeKind.GitLab || forge.Repository.Split('/') is [{ Length: > 0 }, { Length: > 0 }]), $"{path}:Repository is '{forge.Repository}'. Write owner/name."),
        .. Check(forge.Token is null != forge.TokenFile is null, $"{path} needs one of Token and TokenFile."),
        .. Check(forge.Context.Length is >= 1 and <= 100, $"{path}:Context has {forge.Context.Length} characters; it has 1 to 100."),
    ];

    private static IEnumerable<string> Mail(MailOptions mail) =>
    [
        .. Check(mail.Host.Length > 0, $"{AlertOptions.SectionName}:Mail:Host is empty, and a rule sends e-mail. Set the SMTP server."),
        .. Check(mail.Port is >= 1 and <= 65_535, $"{AlertOptions.SectionName}:Mail:Port is {mail.Port}; it must be from 1 to 65,535."),
        .. Check(IsMailbox(mail.From), $"{AlertOptions.SectionName}:Mail:From is '{mail.From}', which is no e-mail address."),
    ];

    // A name without a domain is one, too, by the letter of the standard.
    private static bool IsMailbox(string text) => MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address.Contains('@');

    private static bool IsWeb(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static IEnumerable<string> Check(bool holds, string mistake) => holds ? [] : [mistake];
}
