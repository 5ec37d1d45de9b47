namespace PluginHost.TestInfra;

/// <summary>A real repository, worked on with the real git as its author would.</summary>
public sealed class TestRepository
{
    private static readonly Dictionary<string, string> Identity = new()
    {
        ["GIT_AUTHOR_NAME"] = "Ada Author", ["GIT_AUTHOR_EMAIL"] = "ada@example.com",
        ["GIT_COMMITTER_NAME"] = "Ada Author", ["GIT_COMMITTER_EMAIL"] = "ada@example.com",
        ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_CONFIG_GLOBAL"] = "/dev/null",
    };

    private TestRepository(string path) => Path = path;

    public string Path { get; }

    public string Head => Git("rev-parse", "HEAD");

    public static TestRepository Create(string path)
    {
        Directory.CreateDirectory(path);
        var repository = new TestRepository(path);
        repository.Git("init", "--quiet", "--initial-branch=main");
        return repository;
    }

    public string Git(params string[] arguments) => Command.Run(Path, "git", Identity, arguments);

    /// <summary>The same at another time.</summary>
    /// <param name="at">The date of what is committed; null for now.</param>
    /// <param name="arguments">git's arguments.</param>
    public string GitAt(string? at, params string[] arguments) => Command.Run(
        Path, "git", at is null ? Identity : new Dictionary<string, string>(Identity) { ["GIT_AUTHOR_DATE"] = at, ["GIT_COMMITTER_DATE"] = at }, arguments);

    public TestRepository Write(string path, string content)
    {
        var file = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return this;
    }

    public TestRepository Replace(string path, string oldText, string newText)
    {
        var file = System.IO.Path.Combine(Path, path);
        var text = File.ReadAllText(file);
        return text.Contains(oldText, StringComparison.Ordinal)
            ? Write(path, text.Replace(oldText, newText, StringComparison.Ordinal))
            : throw new InvalidOperationException($"{path} does not hold '{oldText}'.");
    }

    public TestRepository Delete(string path)
    {
        Git("rm", "-r", "--quiet", path);
        return this;
    }

    /// <summary>Takes over folders of another repository, as they are committed there or lie there, without what a build made.</summary>
    public TestRepository CopyFrom(string root, params string[] folders)
    {
        foreach (var file in Command.Run(root, "git", ["ls-files", "--cached", "--others", "--exclude-standard", .. folders]).Split('\n'))
        {
            Write(file, File.ReadAllText(System.IO.Path.Combine(root, file)));
        }

        return this;
    }

    /// <summary>Commits everything that changed.</summary>
    /// <returns>The id of the commit.</returns>
    public string Commit(string message)
    {
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "--message", message);
        return Head;
    }

    /// <summary>Adds a plugin with one script, whose body is the given code.</summary>
    public TestRepository AddPlugin(string id, string body = "context.SetResult(1);", string attributes = "", string members = "") => this
        .Write($"plugins/{id}/{id}.csproj", PluginSource.Project())
        .Write($"plugins/{id}/Work.cs", PluginSource.Script(body, attributes, members));
}
