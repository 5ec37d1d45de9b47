using System.Collections.Immutable;
using PluginHost.TestInfra;

namespace PluginHost.Soak;

/// <summary>The remote repository, worked on as its authors do, and what each of its commits holds.</summary>
internal sealed class History
{
    private readonly TestRepository _work;
    private readonly SourceText _text;
    private readonly List<(string Id, ImmutableSortedDictionary<string, Content> Plugins)> _commits = [];
    private int _numbers;

    public History(string folder, SourceText text)
    {
        _text = text;
        Remote = Path.Combine(folder, "remote.git");
        Command.Run("/", "git", "init", "--quiet", "--bare", "--initial-branch=main", Remote);
        _work = TestRepository.Create(Path.Combine(folder, "work"));
        _work.Git("remote", "add", "origin", Remote);
    }

    public string Remote { get; }

    public bool IsOutOfReach { get; private set; }

    /// <summary>What the tip holds.</summary>
    public ImmutableSortedDictionary<string, Content> Tip { get; private set; } = ImmutableSortedDictionary<string, Content>.Empty;

    public int Count => _commits.Count;

    /// <summary>Whether what a plugin was in a commit cannot be unloaded. Also of commits that history no longer has.</summary>
    public bool IsLeaking(string plugin, string commit) => SourceText.IsLeaking(_work.Git("show", $"{commit}:{FolderOf(plugin, commit)}/Work.cs"));

    public Content Next(ContentKind kind) => new(kind, ++_numbers);

    /// <summary>Commits content of plugins; null removes one.</summary>
    public void Commit(string message, params (string Plugin, Content? Content)[] changes)
    {
        foreach (var (plugin, content) in changes)
        {
            if (content is null)
            {
                _work.Delete(FolderOf(plugin, "HEAD")!);
                Tip = Tip.Remove(plugin);
            }
            else
            {
                _text.Write(_work, (_commits.Count == 0 ? null : FolderOf(plugin, "HEAD")) ?? $"plugins/{plugin}", plugin, content);
                Tip = Tip.SetItem(plugin, content);
            }
        }

        _commits.Add((_work.Commit(message), Tip));
    }

    /// <summary>Commits a plugin as it is under another name of its folder.</summary>
    public void RenameFolder(string plugin)
    {
        _work.Git("mv", FolderOf(plugin, "HEAD")!, $"plugins/{plugin}-{Next(ContentKind.Good).Number}");
        Commit("Renamed");
    }

    /// <summary>Commits something that no plugin is made of.</summary>
    public void CommitProse(string text)
    {
        _work.Write("README.md", text);
        Commit("Prose");
    }

    /// <summary>Undoes the last commit by another.</summary>
    public void Revert()
    {
        _work.Git("revert", "--no-edit", "HEAD");
        Tip = _commits[^2].Plugins;
        _commits.Add((_work.Head, Tip));
    }

    /// <summary>Takes the last commits back as if they had never been.</summary>
    public void Rewrite(int count)
    {
        _commits.RemoveRange(_commits.Count - count, count);
        _work.Git("reset", "--quiet", "--hard", _commits[^1].Id);
        Tip = _commits[^1].Plugins;
    }

    private string? FolderOf(string plugin, string commit) => _work.Git("ls-tree", "-r", "--name-only", commit, "plugins/")
        .Split('\n').FirstOrDefault(file => file.EndsWith($"/{plugin}.csproj", StringComparison.Ordinal)) is { } project
        ? Path.GetDirectoryName(project)
        : null;

    public void Push()
    {
        if (!IsOutOfReach)
        {
            _work.Git("push", "--quiet", "--force", "origin", "main");
        }
    }

    public void GoOutOfReach()
    {
        Directory.Move(Remote, Remote + ".away");
        IsOutOfReach = true;
    }

    public void ComeBack()
    {
        if (IsOutOfReach)
        {
            Directory.Move(Remote + ".away", Remote);
            IsOutOfReach = false;
            Push();
        }
    }
}
