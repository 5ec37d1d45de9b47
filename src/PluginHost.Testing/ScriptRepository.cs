using LibGit2Sharp;

namespace PluginHost.Testing;

/// <summary>A git repository of a test's own, in a temporary folder that is gone when it is disposed.</summary>
/// <remarks>Not safe to use from several threads.</remarks>
public sealed class ScriptRepository : IDisposable
{
    private const string Branch = "main";

    private readonly TemporaryFolder _folder = new("pluginhost-repository-");
    private readonly Repository _repository;
    private readonly TimeProvider _time;

    private ScriptRepository(TimeProvider time)
    {
        _time = time;
        Repository.Init(_folder.Path);
        _repository = new Repository(_folder.Path);
        _repository.Refs.UpdateTarget("HEAD", $"refs/heads/{Branch}");
        _repository.Config.Set("core.autocrlf", false);
    }

    /// <summary>Where it is.</summary>
    public string Path => _folder.Path;

    /// <summary>The id of the newest commit, or null before the first.</summary>
    public string? Head => _repository.Head.Tip?.Sha;

    /// <summary>Makes an empty repository with the branch <c>main</c>.</summary>
    public static ScriptRepository Create() => new(TimeProvider.System);

    /// <summary>Writes a file; it is committed by <see cref="Commit"/>.</summary>
    /// <param name="path">From the root of the repository, with <c>/</c>.</param>
    /// <param name="content">The whole text.</param>
    /// <returns>This repository.</returns>
    public ScriptRepository Write(string path, string content)
    {
        var file = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return this;
    }

    /// <summary>Deletes a file or a folder.</summary>
    /// <param name="path">From the root of the repository, with <c>/</c>.</param>
    /// <returns>This repository.</returns>
    public ScriptRepository Delete(string path)
    {
        var file = System.IO.Path.Combine(Path, path);
        if (Directory.Exists(file))
        {
            Directory.Delete(file, recursive: true);
        }
        else
        {
            File.Delete(file);
        }

        return this;
    }

    /// <summary>Copies a folder with all that is in it, but for <c>bin</c>, <c>obj</c> and <c>.git</c>.</summary>
    /// <param name="folder">The folder to copy.</param>
    /// <param name="path">Where to, from the root of the repository; empty for the root.</param>
    /// <returns>This repository.</returns>
    public ScriptRepository CopyFrom(string folder, string path = "")
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => entry.Name is not ("bin" or "obj" or ".git")))
        {
            var target = System.IO.Path.Combine(path, entry.Name);
            if (entry is DirectoryInfo)
            {
                CopyFrom(entry.FullName, target);
            }
            else
            {
                var file = System.IO.Path.Combine(Path, target);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
                File.Copy(entry.FullName, file, overwrite: true);
            }
        }

        return this;
    }

    /// <summary>Adds a plugin with one class file, of which its name is also that of the project.</summary>
    /// <param name="plugin">The plugin's id.</param>
    /// <param name="source">C#, whole.</param>
    /// <returns>This repository.</returns>
    public ScriptRepository AddPlugin(string plugin, string source) => this
        .Write($"plugins/{plugin}/{plugin}.csproj", Building.PluginProject.Text)
        .Write($"plugins/{plugin}/{plugin}.cs", source);

    /// <summary>Commits everything that changed.</summary>
    /// <param name="message">The message of the commit.</param>
    /// <returns>The id of the commit.</returns>
    public string Commit(string message)
    {
        Commands.Stage(_repository, "*");
        var author = new Signature("Test", "test@example.com", _time.GetUtcNow());
        return _repository.Commit(message, author, author, new CommitOptions { AllowEmptyCommit = true }).Sha;
    }

    /// <summary>Deletes the repository.</summary>
    public void Dispose()
    {
        _repository.Dispose();
        _folder.Dispose();
    }
}
