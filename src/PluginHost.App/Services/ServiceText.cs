namespace PluginHost.App.Services;

/// <summary>What makes a service of the ready host: a unit of systemd, or the commands that Windows wants.</summary>
internal static class ServiceText
{
    /// <param name="program">The command line that starts this program.</param>
    /// <param name="options">Options of <c>run</c>.</param>
    public static string Unit(IReadOnlyList<string> program, IReadOnlyList<string> options) => $"""
        # systemd unit of PluginHost, as 'pluginhost service' wrote it.
        [Unit]
        Description=PluginHost: runs the C# scripts of git repositories
        Wants=network-online.target
        After=network-online.target

        [Service]
        Type=notify
        # systemd starts it again, so that it needs no supervisor of its own. A wrong command line or setting (2) stays as it is.
        ExecStart={string.Join(' ', program.Concat(["run", "--no-supervisor"]).Concat(options).Select(Quoted))}
        Restart=always
        RestartSec=1
        RestartPreventExitStatus=2
        WatchdogSec=60
        # Running scripts are asked to stop, and get the time that they have for that.
        TimeoutStopSec=70
        KillMode=mixed

        # useradd --system --home-dir /var/lib/pluginhost pluginhost
        User=pluginhost
        StateDirectory=pluginhost
        StateDirectoryMode=0700
        WorkingDirectory=/var/lib/pluginhost
        Environment=HOME=/var/lib/pluginhost DOTNET_CLI_TELEMETRY_OPTOUT=1
        # Settings, one a line, such as PluginHost__Runs__MaxConcurrent=20; secrets are better in files that settings name.
        EnvironmentFile=-/etc/pluginhost/environment

        # The host bounds its worker processes by groups of its own. systemd before 254 does not know the second, says so
        # and goes on; what is not bounded then (PluginHost:Isolation), the host's page says.
        Delegate=yes
        DelegateSubgroup=host
        PrivateTmp=yes
        NoNewPrivileges=yes

        [Install]
        WantedBy=multi-user.target

        """;

    /// <inheritdoc cref="Unit"/>
    public static string Windows(IReadOnlyList<string> program, IReadOnlyList<string> options) => $"""
        sc.exe create {ServiceManager.WindowsName} start= auto binPath= "{string.Join(' ', program.Concat(["run", "--no-supervisor"]).Concat(options).Select(QuotedInQuotes))}"
        sc.exe failure {ServiceManager.WindowsName} reset= 86400 actions= restart/1000/restart/5000/restart/60000
        sc.exe start {ServiceManager.WindowsName}

        """;

    // systemd expands % and $, and takes \ for an escape.
    private static string Quoted(string argument)
    {
        var plain = argument.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return plain.Length > 0 && plain.All(character => char.IsLetterOrDigit(character) || "/-_.:=@%$,+".Contains(character, StringComparison.Ordinal)) ? plain : $"\"{plain}\"";
    }

    private static string QuotedInQuotes(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"\\\"{argument}\\\"" : argument;
}
