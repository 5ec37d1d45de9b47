namespace PluginHost.Alerts;

/// <summary>Who is told what, in the section <c>PluginHost:Alerts</c>.</summary>
public sealed class AlertOptions
{
    /// <summary>The section these are bound to.</summary>
    public const string SectionName = "PluginHost:Alerts";

    /// <summary>Where people reach the pages, for the links in alerts and in the statuses of commits.</summary>
    /// <value>An absolute http or https address. The default is null: alerts have no links.</value>
    public string? PublicUrl { get; set; }

    /// <summary>Who is told, by names of your choice.</summary>
    /// <value>The default is empty: nobody.</value>
    public Dictionary<string, AlertRule> Rules { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the commits of sources are told how their deployment went, by the names of the sources.</summary>
    /// <value>The default is empty: nowhere.</value>
    public Dictionary<string, CommitStatusOptions> CommitStatuses { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How e-mail is sent; needed when a rule has addresses.</summary>
    public MailOptions Mail { get; set; } = new();
}

/// <summary>Somebody who is told.</summary>
public sealed class AlertRule
{
    /// <summary>Where alerts are posted to.</summary>
    /// <value>An http or https address. The default is null: nowhere.</value>
    public string? Url { get; set; }

    /// <summary>How a posted alert is written.</summary>
    /// <value>The default is <see cref="AlertFormat.Json"/>.</value>
    public AlertFormat Format { get; set; }

    /// <summary>Signs what is posted: the header <c>X-PluginHost-Signature-256</c> is <c>sha256=</c> and the HMAC of the body in hexadecimal digits.</summary>
    /// <value>The default is null: not signed.</value>
    public string? Secret { get; set; }

    /// <summary>Who gets an e-mail.</summary>
    /// <value>E-mail addresses. The default is empty: nobody.</value>
    public IList<string> MailTo { get; set; } = [];

    /// <summary>What is told.</summary>
    /// <value>The default is empty: everything.</value>
    public IList<AlertKind> On { get; set; } = [];

    /// <summary>About which scripts and plugins.</summary>
    /// <value>Their ids, where <c>*</c> stands for any text, such as <c>Reports.*</c>. The default is empty: all.</value>
    public IList<string> About { get; set; } = [];
}

/// <summary>How a posted alert is written.</summary>
public enum AlertFormat
{
    /// <summary>An object with <c>kind</c>, <c>subject</c>, <c>title</c>, <c>detail</c>, <c>at</c> and <c>link</c>.</summary>
    Json,

    /// <summary>As Slack's incoming webhooks take it; Mattermost and others do, too.</summary>
    Slack,

    /// <summary>An adaptive card, as the workflows of Microsoft Teams take it.</summary>
    Teams,
}

/// <summary>How e-mail is sent.</summary>
public sealed class MailOptions
{
    /// <summary>The SMTP server.</summary>
    /// <value>A host name. The default is empty: no e-mail can be sent.</value>
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    /// <value>1 to 65,535. The default is 587.</value>
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected.</summary>
    /// <value>The default is <see cref="MailSecurity.StartTls"/>.</value>
    public MailSecurity Security { get; set; }

    /// <summary>Who signs in.</summary>
    /// <value>The default is null: nobody.</value>
    public string? User { get; set; }

    /// <summary>The password; best from the environment.</summary>
    public string? Password { get; set; }

    /// <summary>A file whose first line is the password, read for each e-mail.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The sender.</summary>
    /// <value>An e-mail address. The default is <c>pluginhost@localhost</c>.</value>
    public string From { get; set; } = "pluginhost@localhost";
}

/// <summary>How the connection to an SMTP server is protected.</summary>
public enum MailSecurity
{
    /// <summary>Encrypted by STARTTLS; a server that cannot is refused.</summary>
    StartTls,

    /// <summary>Encrypted from the start, as on port 465.</summary>
    Tls,

    /// <summary>Not at all: for a server on the same machine.</summary>
    None,
}
