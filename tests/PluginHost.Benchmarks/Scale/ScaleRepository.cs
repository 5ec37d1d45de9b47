using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Scale;

/// <summary>A repository of many small plugins, a tenth of which share a library.</summary>
internal sealed class ScaleRepository
{
    private readonly TestRepository _repository;
    private int _number;

    public ScaleRepository(string path, int size)
    {
        _repository = TestRepository.Create(path);
        for (var i = 0; i < size; i++)
        {
            _repository.AddPlugin(Name(i));
            if (i % 10 == 9)
            {
                _repository.Write($"plugins/{Name(i)}/{Name(i)}.csproj", PluginSource.Project("<ProjectReference Include=\"../Shared/Shared.csproj\" />"));
            }
        }

        _repository.Write("plugins/Shared/Shared.csproj", PluginSource.Library());
        EditShared();
    }

    public string Path => _repository.Path;

    /// <summary>Changes the first so many plugins.</summary>
    /// <returns>The commit.</returns>
    public string Edit(int count)
    {
        _number++;
        for (var i = 0; i < count; i++)
        {
            _repository.Write($"plugins/{Name(i)}/Work.cs", PluginSource.Script($"context.SetResult({_number});"));
        }

        return _repository.Commit($"Edit {count}");
    }

    public string EditShared()
    {
        _number++;
        return _repository.Write("plugins/Shared/Answer.cs", $"public static class Answer {{ public static int Value => {_number}; }}").Commit("Edit the shared library");
    }

    private static string Name(int number) => $"Plugin{number:D4}";
}
