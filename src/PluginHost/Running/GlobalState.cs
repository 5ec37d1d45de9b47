using System.Collections;
using System.Globalization;

namespace PluginHost.Running;

/// <summary>What is the same for everything in the process, as it was at one moment.</summary>
/// <remarks>What cannot be read, such as the switches of AppContext, is not in it.</remarks>
internal sealed class GlobalState
{
    private static readonly Global[] Globals =
    [
        new("the working directory", WorkingDirectory, value => Environment.CurrentDirectory = (string)value!),
        new("CultureInfo.DefaultThreadCurrentCulture", () => CultureInfo.DefaultThreadCurrentCulture, value => CultureInfo.DefaultThreadCurrentCulture = (CultureInfo?)value),
        new("CultureInfo.DefaultThreadCurrentUICulture", () => CultureInfo.DefaultThreadCurrentUICulture, value => CultureInfo.DefaultThreadCurrentUICulture = (CultureInfo?)value),
        new("Console.Out", () => Console.Out, value => Console.SetOut((TextWriter)value!)),
        new("Console.Error", () => Console.Error, value => Console.SetError((TextWriter)value!)),
        new("the least number of threads of the thread pool", () => ThreadPoolMinimum.SetByOthers, value => ThreadPoolMinimum.Set(((int, int))value!)),
        new("the greatest number of threads of the thread pool", MaxThreads, value => ThreadPool.SetMaxThreads((((int, int))value!).Item1, (((int, int))value!).Item2)),
    ];

    private readonly object?[] _values = Array.ConvertAll(Globals, global => global.Read());
    private readonly IDictionary _variables = Environment.GetEnvironmentVariables();

    private sealed record Global(string Name, Func<object?> Read, Action<object?> PutBack);

    /// <summary>What is not as it was before, and how to put it back.</summary>
    public IEnumerable<(string Name, Action PutBack)> ChangesSince(GlobalState before)
    {
        if (before == this)
        {
            yield break;
        }

        foreach (var (global, was, value) in Globals.Zip(before._values, _values))
        {
            if (!Equals(was, value))
            {
                yield return (global.Name, () => global.PutBack(was));
            }
        }

        // Only by name: a value may be a secret.
        foreach (var name in Changed(before._variables, _variables))
        {
            yield return ($"the environment variable {name}", () => Environment.SetEnvironmentVariable(name, (string?)before._variables[name]));
        }
    }

    /// <summary>The names of the variables of the environment that differ: nearly always none, so without a copy that is easier to work with.</summary>
    private static IEnumerable<string> Changed(IDictionary before, IDictionary after)
    {
        foreach (DictionaryEntry variable in after)
        {
            if (!Equals(before[variable.Key], variable.Value))
            {
                yield return (string)variable.Key;
            }
        }

        foreach (DictionaryEntry variable in before)
        {
            if (!after.Contains(variable.Key))
            {
                yield return (string)variable.Key;
            }
        }
    }

    private static string? WorkingDirectory()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It was deleted, or a folder that it is in was taken from us.
            return null;
        }
    }

    private static object MaxThreads()
    {
        ThreadPool.GetMaxThreads(out var workers, out var ports);
        return (workers, ports);
    }
}
