using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PluginHost.Sources;

/// <summary>The ssh that libgit2 runs for a remote: it never waits for a person and never trusts a host that it does not know.</summary>
/// <remarks>
/// It is a script of ours, because libgit2 takes <c>core.sshCommand</c> as the path of a program and nothing more. The
/// script also keeps what ssh says and its process id: libgit2 passes neither on, and leaves the process a zombie.
/// </remarks>
internal sealed partial class SshCommand
{
    private readonly CredentialOptions _options;
    private readonly RemoteAddress _remote;
    private readonly string _log;
    private readonly string _processId;

    public SshCommand(CredentialOptions options, RemoteAddress remote, string directory)
    {
        _options = options;
        _remote = remote;
        _log = Path.Combine(directory, "ssh.log");
        _processId = Path.Combine(directory, "ssh.pid");
        File = Path.Combine(directory, OperatingSystem.IsWindows() ? "ssh.cmd" : "ssh");
    }

    /// <summary>The program to run.</summary>
    public string File { get; }

    /// <summary>Begins an exchange. Its end waits until ssh is gone; cancelling ends ssh.</summary>
    /// <exception cref="SourceException">A configured file is missing. ssh itself would try without it, and say something else.</exception>
    public Exchange Begin(CancellationToken cancellationToken)
    {
        Require(_options.SshKeyFile, nameof(CredentialOptions.SshKeyFile));
        Require(_options.SshKnownHostsFile, nameof(CredentialOptions.SshKnownHostsFile));
        WriteScript();
        System.IO.File.Delete(_processId);
        System.IO.File.Delete(_log);
        return new Exchange(this, cancellationToken);
    }

    private void Require(string? file, string setting)
    {
        if (file is not null && !System.IO.File.Exists(file))
        {
            throw new SourceException(
                SourceFailure.Unauthorized,
                $"The file '{Path.GetFullPath(file)}' that Credentials:{setting} names for {_remote} does not exist. What is live stays live. Put it there, or name another one.");
        }
    }

    private void WriteScript()
    {
        var text = OperatingSystem.IsWindows()
            ? $"@ssh {Options(QuoteForCmd)} %* 2>{QuoteForCmd(_log)}\r\n"
            : $"""
               #!/bin/sh
               exec 2>{QuoteForShell(_log)}
               echo $$ >{QuoteForShell(_processId)}
               # The port that libgit2 gives when the address names none; OpenSSH's own configuration may know another.
               if [ "$1 $2" = "-p 22" ]; then shift 2; fi
               exec ssh {Options(QuoteForShell)} "$@"

               """.ReplaceLineEndings("\n");
        if (System.IO.File.Exists(File) && System.IO.File.ReadAllText(File) == text)
        {
            return;
        }

        // A new file each time: one that is being run can neither be written to nor replaced in place.
        System.IO.File.Delete(File);
        System.IO.File.WriteAllText(File, text);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string Options(Func<string, string> quote)
    {
        var options = "-o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4";
        if (_options.SshKeyFile is { } key)
        {
            options += $" -o IdentitiesOnly=yes -i {quote(Path.GetFullPath(key))}";
        }

        if (_options.SshKnownHostsFile is { } knownHosts)
        {
            // ssh takes this one apart at spaces, and quotes hold it together.
            options += $" -o {quote($"UserKnownHostsFile=\"{Path.GetFullPath(knownHosts)}\"")}";
        }

        return options;
    }

    private static string QuoteForShell(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string QuoteForCmd(string text) => $"\"{text.Replace("%", "%%", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>One run of ssh.</summary>
    internal sealed class Exchange : IDisposable
    {
        private readonly SshCommand _command;
        private readonly CancellationTokenRegistration _ending;

        public Exchange(SshCommand command, CancellationToken cancellationToken)
        {
            _command = command;
            _ending = cancellationToken.Register(End);
        }

        /// <summary>ssh's own words, or null. Waits until it has said all.</summary>
        public string? ReadWhatItSaid()
        {
            Await();
            if (!System.IO.File.Exists(_command._log))
            {
                return null;
            }

            // A server's banner comes first and is long; the reason is at the end. A changed host key is framed in @.
            var lines = System.IO.File.ReadLines(_command._log).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '@').TakeLast(6).ToList();
            return lines.Count == 0 ? null : string.Join(" / ", lines);
        }

        public void Dispose()
        {
            Await();
            _ending.Dispose();
        }

        /// <summary>Its input is closed, so it ends by itself; cancelling hastens it.</summary>
        private void Await()
        {
            if (ProcessId() is { } process && !OperatingSystem.IsWindows())
            {
                while (WaitForChild(process, out _, 0) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
                {
                }

                System.IO.File.Delete(_command._processId);
            }
        }

        private void End()
        {
            try
            {
                if (ProcessId() is { } id)
                {
                    // Until it was waited for, its id is nobody else's.
                    using var process = Process.GetProcessById(id);
                    process.Kill();
                }
            }
            catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It has ended by itself.
            }
        }

        private int? ProcessId()
        {
            try
            {
                return int.TryParse(System.IO.File.ReadAllText(_command._processId), CultureInfo.InvariantCulture, out var id) ? id : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    private const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitForChild(int process, out int status, int options);
}
