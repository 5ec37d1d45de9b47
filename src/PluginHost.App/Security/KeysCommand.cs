using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PluginHost.AspNetCore.Api;
using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>Adds, lists and removes the keys that open the host. It needs no running host, and one that runs takes note at once.</summary>
internal static partial class KeysCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "The host's data directory. Default: .pluginhost in the repository.", HelpName = "DIR", Recursive = true };
        var role = new Option<AccessRole>("--role") { Description = "What it allows: viewer, operator or admin.", Required = true };
        role.AcceptOnlyFromAmong([.. Enum.GetValues<AccessRole>().Select(ApiJson.Name)]);
        var name = new Argument<string>("name") { Description = "Whose it is, or what for." };
        var add = new Command("add", "Makes a key and shows it, this once.") { name, role };
        add.SetAction((result, cancellationToken) => SayFailureAsync(() => AddAsync(DataOf(result), result.GetRequiredValue(name), result.GetValue(role), cancellationToken)));
        var json = new Option<bool>("--json") { Description = "Prints the keys as JSON." };
        var list = new Command("list", "Lists the keys: whose they are, never the keys themselves.") { json };
        list.SetAction((result, _) => SayFailureAsync(() => Task.FromResult(result.GetValue(json) ? ListAsJson(DataOf(result)) : List(DataOf(result)))));
        var remove = new Command("remove", "Removes a key. Whoever is signed in with it is signed out.") { name };
        remove.SetAction((result, cancellationToken) => SayFailureAsync(() => RemoveAsync(DataOf(result), result.GetRequiredValue(name), cancellationToken)));
        return new Command("keys", "The keys that open the API and the pages.") { add, list, remove, data };

        string DataOf(ParseResult result) => HostSettings.DataDirectoryOf(result.GetValue(data));
    }

    private static async Task<int> AddAsync(string data, string name, AccessRole role, CancellationToken cancellationToken)
    {
        if (!Name().IsMatch(name))
        {
            return Say($"'{name}' is no name of a key. It is 1 to 64 of A-Z, a-z, 0-9, dot, hyphen, underscore and @.", ExitCode.WrongUsage);
        }

        var key = AccessKey.Generate();
        if (!await KeyFile.UseAsync(data, keys => keys.AddAsync(name, AccessKey.HashOf(key), role, Environment.UserName, cancellationToken)))
        {
            return Say($"There is a key '{name}' already. Choose another name, or remove that one first.", ExitCode.Failed);
        }

        // Only the key goes where a script reads it.
        Console.Error.WriteLine($"The key of '{name}', {ApiJson.Name(role)}. It is not shown again; only its hash is kept, in {data}.");
        Console.WriteLine(key);
        return 0;
    }

    private static int List(string data)
    {
        if (!KeyFile.HasKeys(data))
        {
            return Say($"There is no key in {data}.", 0);
        }

        foreach (var key in KeyFile.Use(data, keys => keys.List()))
        {
            Console.WriteLine($"{key.Name,-24} {ApiJson.Name(key.Role),-8}  added {Time(key.CreatedAt)}  {(key.LastUsedAt is { } used ? $"last used {Time(used)}" : "never used")}");
        }

        return 0;
    }

    // As the API writes a list.
    private static int ListAsJson(string data)
    {
        IReadOnlyList<AccessKey> keys = KeyFile.HasKeys(data) ? [.. KeyFile.Use(data, file => file.List())] : [];
        var items = keys.Select(key => new { key.Name, key.Role, key.CreatedAt, key.LastUsedAt });
        Console.WriteLine(JsonSerializer.Serialize(new { items, next = (string?)null }, ApiJson.Options));
        return ExitCode.Done;
    }

    private static async Task<int> RemoveAsync(string data, string name, CancellationToken cancellationToken)
    {
        if (!KeyFile.HasKeys(data) || !await KeyFile.UseAsync(data, keys => keys.RemoveAsync(name, Environment.UserName, cancellationToken)))
        {
            return Say($"There is no key '{name}' in {data}.", ExitCode.Failed);
        }

        return Say(
            KeyFile.HasKeys(data) ? $"Removed the key '{name}'."
                : $"Removed the key '{name}', the last one. A host that runs lets nobody in by a key now; one that starts asks nobody to sign in on loopback, and does not listen elsewhere without OpenID Connect.",
            0);
    }

    private static async Task<int> SayFailureAsync(Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return Say(failure.Message, ExitCode.Failed);
        }
    }

    private static int Say(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex("^[A-Za-z0-9._@-]{1,64}$")]
    private static partial Regex Name();
}
