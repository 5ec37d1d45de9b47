using System.Globalization;
using System.Text.RegularExpressions;
using PluginHost.Processes;

namespace PluginHost.Sources.Signatures;

/// <summary>Checks SSH signatures with <c>ssh-keygen -Y</c>.</summary>
internal sealed partial class SshSignatures(string allowedSigners, ChildProcess processes)
{
    public const string Program = "ssh-keygen";

    public SignatureVerdict Verify(CommitSignature signature, CancellationToken cancellationToken)
    {
        using var program = new SignatureProgram(Program, processes, cancellationToken);
        var file = program.PathOf("signature");
        File.WriteAllText(file, signature.Armor);

        // As git has it: a key counts when it was valid at the commit's date.
        var at = TimeZoneInfo.ConvertTime(signature.CommittedAt, TimeZoneInfo.Local).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        string[] when = [$"-Overify-time={at}"];
        var (_, found) = program.Run(default, ["-Y", "find-principals", "-f", allowedSigners, "-s", file, .. when]);
        var complaints = new List<string>(found.Where(IsComplaint));
        foreach (var principal in found.Where(line => !IsComplaint(line)))
        {
            var (good, said) = program.Run(signature.Payload, ["-Y", "verify", "-n", signature.Namespace, "-f", allowedSigners, "-I", principal, "-s", file, .. when]);
            if (good)
            {
                return SignatureVerdict.Good($"{principal} ({KeyIn(said) ?? "an allowed SSH key"})");
            }

            complaints.AddRange(said.Where(IsComplaint));
        }

        return Explain(program, signature, file, complaints);
    }

    /// <summary>Nobody who is allowed signed it: either somebody else did, or it was changed since.</summary>
    private SignatureVerdict Explain(SignatureProgram program, CommitSignature signature, string file, List<string> complaints)
    {
        var (intact, said) = program.Run(signature.Payload, ["-Y", "check-novalidate", "-n", signature.Namespace, "-s", file]);
        if (!intact)
        {
            return SignatureVerdict.Bad($"its signature does not fit what it holds ({string.Join(" / ", said)}): it was changed after it was signed. Find out who did that; sign it anew if it is good");
        }

        // The file's name is ours to tell, not the program's.
        var reasons = complaints.Select(line => line.Replace(allowedSigners, Path.GetFileName(allowedSigners), StringComparison.Ordinal)).Distinct().ToList();
        var why = reasons.Count > 0 ? $" ({string.Join(" / ", reasons)})" : "";
        return SignatureVerdict.Bad(
            $"it is signed with {KeyIn(said) ?? "an SSH key"}, which {allowedSigners} does not allow for a {signature.Kind} of {signature.CommittedAt:yyyy-MM-dd}{why}. Sign it with an allowed key, or add a line for this one there if you know whose it is");
    }

    private static string? KeyIn(IEnumerable<string> said) =>
        said.Select(line => Key().Match(line)).FirstOrDefault(match => match.Success) is { } match ? match.Groups["key"].Value : null;

    // Both streams of the program come as one. A line taken for a principal that is none does no harm: it verifies nothing.
    private bool IsComplaint(string line) =>
        line.StartsWith(allowedSigners, StringComparison.Ordinal);

    [GeneratedRegex(@"^Good ""(git|pluginhost-drop)"" signature .*?with (?<key>\S+ key SHA256:\S+)$")]
    private static partial Regex Key();
}
