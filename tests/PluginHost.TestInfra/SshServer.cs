namespace PluginHost.TestInfra;

/// <summary>OpenSSH's server on loopback, for the user who runs the test.</summary>
public sealed class SshServer : IDisposable
{
    private readonly string _folder;
    private readonly string _sshd;
    private Server? _server;

    public SshServer(string folder)
    {
        _sshd = Requires.Program("openssh-server", "sshd");
        Requires.Program("openssh-client", "ssh");
        _folder = Directory.CreateDirectory(folder).FullName;
        Port = Server.FreePort();
        if (Environment.IsPrivilegedProcess)
        {
            // sshd insists on it as root; a package's start script makes it otherwise.
            Directory.CreateDirectory("/run/sshd");
        }

        MakeKey(Path.Combine(_folder, "host_key"));
        File.WriteAllText(Path.Combine(_folder, "authorized_keys"), "");
        File.WriteAllText(Path.Combine(_folder, "sshd_config"), $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {_folder}/host_key
            PidFile {_folder}/sshd.pid
            AuthorizedKeysFile {_folder}/authorized_keys
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin yes
            """);
        Start();
    }

    public int Port { get; }

    /// <summary>The address of a repository by its full path.</summary>
    public string Address(string path) => $"ssh://{Environment.UserName}@127.0.0.1:{Port}{path}";

    /// <summary>Makes a key without a passphrase.</summary>
    public static string MakeKey(string file)
    {
        Command.Run("/", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file);
        return file;
    }

    /// <summary>Lets a key in.</summary>
    public void Authorize(string keyFile) => File.AppendAllText(Path.Combine(_folder, "authorized_keys"), File.ReadAllText($"{keyFile}.pub"));

    /// <summary>Writes a known_hosts file that knows this server.</summary>
    public string WriteKnownHosts(string file)
    {
        File.WriteAllText(file, $"[127.0.0.1]:{Port} {File.ReadAllText(Path.Combine(_folder, "host_key.pub"))}");
        return file;
    }

    public void Start() => _server = Server.Start(
        () => Server.Answers(Port), Path.Combine(_folder, "sshd.log"), _sshd, "-D", "-e", "-f", Path.Combine(_folder, "sshd_config"));

    public void Stop()
    {
        _server?.Dispose();
        _server = null;
    }

    public void Dispose() => Stop();
}
