using PluginHost.Sources.Signatures;

namespace PluginHost.Sources;

/// <summary>Whether a commit may be deployed, and who signed it.</summary>
/// <param name="Signer">Who signed it; null when that was not asked.</param>
/// <param name="Refusal">Why it may not, what that means and what to do; null when it may.</param>
internal sealed record Admission(string? Signer, string? Refusal);

/// <summary>Decides which tips of a source are taken: by their signatures, and by what was taken before them.</summary>
/// <param name="name">The source's name.</param>
/// <param name="options">What the operator asks of commits.</param>
/// <param name="url">Where the repository is, without credentials.</param>
/// <param name="file">Where the commit that was accepted last is kept.</param>
/// <param name="signatures">Checks signatures; null when none are asked for.</param>
internal sealed class CommitGate(string name, SourceOptions options, string url, string file, SignatureCheck? signatures)
{
    // More than this at once is a new history rather than a push, and would keep the source busy for minutes.
    private const int MaxCommits = 1000;

    private (string Commit, string Stamp, Admission Admission)? _last;

    /// <summary>The id, or its beginning, of a commit that an operator accepts although it does not descend from the last one.</summary>
    public string? AcceptedRewrite { private get; set; }

    /// <summary>Whether a tip may be deployed. What is accepted is remembered.</summary>
    /// <exception cref="SourceException">It cannot be told now.</exception>
    public Admission Admit(GitClone clone, string commit, CancellationToken cancellationToken)
    {
        // What was refused is asked about at every look, and nothing changes while neither the commit nor the keys do.
        var stamp = $"{signatures?.Stamp} {AcceptedRewrite}";
        if (_last is not { } last || last.Commit != commit || last.Stamp != stamp)
        {
            last = (commit, stamp, Check(clone, commit, cancellationToken));
            _last = last;
        }

        return last.Admission;
    }

    private Admission Check(GitClone clone, string commit, CancellationToken cancellationToken)
    {
        // Another address or branch in the configuration is the operator's own doing.
        var before = AcceptedCommit.Read(file) is { } known && known.Url == url && known.Branch == options.Branch ? known : null;
        if (before?.Commit == commit && (signatures is null || before.Signer is not null))
        {
            return new Admission(before.Signer, null);
        }

        var admission = RefuseRewritten(clone, commit, before) is { } refusal ? new Admission(null, refusal) : CheckSignatures(clone, commit, before, cancellationToken);
        if (admission.Refusal is null)
        {
            new AcceptedCommit(commit, admission.Signer, url, options.Branch).Write(file);
        }

        return admission;
    }

    private string? RefuseRewritten(GitClone clone, string commit, AcceptedCommit? before) =>
        options.RewrittenHistory == RewrittenHistory.Follow || before is null || clone.IsDescendant(commit, before.Commit)
        || (AcceptedRewrite is { } accepted && commit.StartsWith(accepted, StringComparison.OrdinalIgnoreCase))
            ? null
            : $"Commit {commit[..7]} of {url} does not descend from {before.Commit[..7]}, the commit that was accepted last: the history was rewritten, so it is refused (Sources:{name}:RewrittenHistory). What is live stays live. "
                + $"Push a commit that descends from {before.Commit[..7]}; or, if the new history is meant, accept this commit: pluginhost sync {name} --accept {commit[..12]}.";

    private Admission CheckSignatures(GitClone clone, string tip, AcceptedCommit? before, CancellationToken cancellationToken)
    {
        if (signatures is null)
        {
            return new Admission(null, null);
        }

        string? signer = null;
        foreach (var commit in CommitsToCheck(clone, tip, before))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var verdict = signatures.Verify(clone.ReadSignature(commit), cancellationToken);
            if (verdict.Problem is { } problem)
            {
                var which = commit == tip ? $"Commit {commit[..7]}" : $"Commit {commit[..7]}, which the tip {tip[..7]} brings with it,";
                return new Admission(null, $"{which} of {url} is refused: {problem}. What is live stays live. Source '{name}' takes only commits signed by an allowed key.");
            }

            signer ??= verdict.Signer;
        }

        return new Admission(signer, null);
    }

    /// <summary>The tip, and where that is asked for all that came with it.</summary>
    private IEnumerable<string> CommitsToCheck(GitClone clone, string tip, AcceptedCommit? before)
    {
        if (signatures!.Commits == SignedCommits.Tip || before?.Signer is null)
        {
            return [tip];
        }

        var others = clone.CommitsSince(before.Commit, tip).Where(commit => commit != tip).Take(MaxCommits + 1).ToList();
        return others.Count <= MaxCommits
            ? [tip, .. others]
            : throw new SourceException(
                SourceFailure.NothingToDeploy,
                $"Commit {tip[..7]} of {url} brings more than {MaxCommits} commits that {before.Commit[..7]}, the last accepted one, does not have, and so many are not checked at once. What is live stays live. "
                    + $"If they are known to be good, set Sources:{name}:Signatures:Commits to Tip until it is deployed.");
    }
}
