using PluginHost.Processes;

namespace PluginHost.Sources.Signatures;

/// <summary>Checks OpenPGP signatures with <c>gpg</c>, in a keyring that holds the operator's keys and nothing else.</summary>
internal sealed class OpenPgpSignatures(string keys, ChildProcess processes)
{
    public const string Program = "gpg";

    // Each of them alone spoils a signature, whatever else gpg says of it.
    private static readonly string[] Spoiling = ["BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "NODATA", "UNEXPECTED"];

    public SignatureVerdict Verify(CommitSignature signature, CancellationToken cancellationToken)
    {
        using var program = new SignatureProgram(Program, processes, cancellationToken);
        var (home, data, armor, statusFile) = (program.PathOf("home"), program.PathOf("commit"), program.PathOf("signature"), program.PathOf("status"));
        CreatePrivate(home);
        File.WriteAllBytes(data, signature.Payload);
        File.WriteAllText(armor, signature.Armor);

        // No options file, no agent, no key server: what is not in the file is not known.
        string[] always = ["--homedir", home, "--no-options", "--no-autostart", "--batch", "--no-tty", "--trust-model", "always"];
        var (imported, said) = program.Run(default, [.. always, "--import", keys]);
        if (!imported)
        {
            throw new IOException($"The keys of {keys} cannot be read ({string.Join(" / ", said)}). Export them with gpg --armor --export.");
        }

        // The status goes to a file of its own, where nothing that a key or a commit says can pass for it.
        _ = program.Run(default, [.. always, "--status-file", statusFile, "--verify", armor, data]);
        var status = File.Exists(statusFile)
            ? File.ReadLines(statusFile).Select(line => line.Split(' ')).Where(line => line.Length > 1 && line[0] == "[GNUPG:]").Select(line => line[1..]).ToList()
            : [];
        return Judge(status);
    }

    private SignatureVerdict Judge(List<string[]> status)
    {
        var good = status.Where(line => line[0] == "GOODSIG").ToList();
        var valid = status.Where(line => line[0] == "VALIDSIG").ToList();
        var spoiled = status.Find(line => Spoiling.Contains(line[0]));
        if (spoiled is null && good.Count == 1 && valid.Count == 1)
        {
            return SignatureVerdict.Good($"{string.Join(' ', good[0][2..])} (OpenPGP key {valid[0][^1]})");
        }

        var key = spoiled is { Length: > 1 } ? $"OpenPGP key {(spoiled[0] == "ERRSIG" ? spoiled[^1] : spoiled[1])}" : "an OpenPGP key";
        var who = spoiled is { Length: > 2 } && spoiled[0] != "ERRSIG" ? $"{key} of {string.Join(' ', spoiled[2..])}" : key;
        return SignatureVerdict.Bad(spoiled?[0] switch
        {
            "BADSIG" => $"its signature by {who} does not fit what it holds: it was changed after it was signed. Find out who did that; sign it anew if it is good",
            "EXPKEYSIG" => $"it is signed with {who}, which has expired. Extend the key and export it to {keys} again, or sign with another one",
            "EXPSIG" => $"its signature by {who} has expired. Sign it anew",
            "REVKEYSIG" => $"it is signed with {who}, which was revoked. Sign it with a valid key",
            _ => $"it is signed with {key}, which is not among those of {keys}. Sign it with an allowed key, or add this one there if you know whose it is",
        });
    }

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // gpg minds a home that others may read.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
