namespace PluginHost.TestInfra;

/// <summary>An author's key, made by the program that authors use, and the git options that sign with it.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly string _folder;
    private readonly string _gpgHome;

    private readonly string[] _clock;

    private SigningKey(string folder, bool ssh, string[]? clock = null)
    {
        _folder = folder;
        _clock = clock ?? [];
        _gpgHome = Path.Combine(folder, "gnupg");
        IsSsh = ssh;
    }

    public bool IsSsh { get; }

    /// <summary>The options of git that sign with it.</summary>
    public string[] GitOptions => IsSsh
        ? ["-c", "gpg.format=ssh", "-c", $"user.signingKey={Path.Combine(_folder, "key")}", "-c", "commit.gpgSign=true"]
        : ["-c", "gpg.format=openpgp", "-c", $"gpg.program={WriteGpg()}", "-c", "user.signingKey=ada@example.com", "-c", "commit.gpgSign=true"];

    /// <summary>The public key: a line of OpenSSH's, or OpenPGP's armor.</summary>
    public string Public => IsSsh
        ? System.IO.File.ReadAllText(Path.Combine(_folder, "key.pub")).Trim()
        : Gpg("--armor", "--export");

    /// <summary>How a signature names the key.</summary>
    public string Fingerprint => IsSsh
        ? Command.Run(_folder, "ssh-keygen", "-lf", "key.pub").Split(' ')[1]
        : Gpg("--with-colons", "--list-keys").Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];

    public static SigningKey Ssh(string folder)
    {
        Requires.Program("openssh-client", "ssh-keygen");
        Directory.CreateDirectory(folder);
        Command.Run(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key");
        return new SigningKey(folder, ssh: true);
    }

    /// <param name="folder">Where the keyring is to be.</param>
    /// <param name="expired">Whether it was made, and signs, in a year that is over, as it itself is.</param>
    public static SigningKey OpenPgp(string folder, bool expired = false)
    {
        Requires.Program("gnupg", "gpg");
        var key = new SigningKey(folder, ssh: false, expired ? ["--faked-system-time", "20200101T000000"] : []);
        Directory.CreateDirectory(key._gpgHome);
        Command.Run(folder, "chmod", "700", key._gpgHome);
        key.Gpg("--passphrase", "", "--quick-gen-key", "Ada Author <ada@example.com>", "ed25519", "sign", expired ? "1y" : "0");
        return key;
    }

    /// <summary>The file of the private key, of an SSH key.</summary>
    public string File => Path.Combine(_folder, "key");

    /// <summary>Signs a file, by one beside it whose name ends in <c>.sig</c>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="purpose">What an SSH signature is for: its namespace.</param>
    public void Sign(string file, string purpose)
    {
        if (IsSsh)
        {
            Command.Run(_folder, "ssh-keygen", "-q", "-Y", "sign", "-n", purpose, "-f", File, file);
        }
        else
        {
            Gpg("--armor", "--detach-sign", "--output", $"{file}.sig", file);
        }
    }

    public void Dispose()
    {
        if (!IsSsh)
        {
            Command.Run(_folder, "gpgconf", "--homedir", _gpgHome, "--kill", "all");
        }
    }

    private string Gpg(params string[] arguments) => Command.Run(_folder, "gpg", ["--homedir", _gpgHome, "--batch", "--quiet", .. _clock, .. arguments]);

    private string WriteGpg()
    {
        var script = Path.Combine(_folder, "gpg.sh");
        System.IO.File.WriteAllText(script, $"#!/bin/sh\nexec gpg --homedir '{_gpgHome}' --batch {string.Join(' ', _clock)} \"$@\"\n");
        Command.Run(_folder, "chmod", "700", script);
        return script;
    }
}
