using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PluginHost.App.Authoring;
using PluginHost.App.Output;
using PluginHost.AspNetCore.Api;
using PluginHost.Processes;
using PluginHost.Sources.Drops;

namespace PluginHost.App.Commands;

/// <summary><c>drop</c>: a built plugin into a folder that hosts take plugins from, whole or not at all.</summary>
internal static class DropCommand
{
    public static Command Create()
    {
        var what = new Argument<string>("what") { HelpName = "PROJECT|OUTPUT", Description = "The plugin's project, which is built and checked first; or the folder that 'dotnet build' or 'dotnet publish' has written." };
        var to = new Option<string>("--to") { Required = true, Description = "The folder of drops.", HelpName = "FOLDER" };
        var plugin = new Option<string?>("--plugin") { Description = "The plugin's id. Default: the project's name; for an output the name of its .deps.json.", HelpName = "ID" };
        var version = new Option<string?>("--version") { Description = "The drop's name among those of its plugin, such as 1.4.0. Default: the time.", HelpName = "V" };
        var sequence = new Option<long?>("--sequence") { Description = "The drop with the greatest number is live, such as the number of the pipeline's run. Default: the time in milliseconds.", HelpName = "N" };
        var commit = new Option<string?>("--commit") { Description = "The full id of the commit it was built from. Default: for a project the commit that is checked out, if nothing differs from it.", HelpName = "ID" };
        var author = new Option<string?>("--author") { Description = "Who wrote that commit." };
        var message = new Option<string?>("--message") { Description = "The first line of its message." };
        var buildUrl = new Option<string?>("--build-url") { Description = "Where the pipeline shows the build.", HelpName = "URL" };
        var signKey = new Option<string?>("--sign-key") { Description = "Signs the drop with this SSH key, a file without a passphrase, for hosts that ask for it (Signatures:RequireSigned).", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Prints what was dropped as JSON." };
        var command = new Command("drop", "Drops a built plugin for hosts to take: whole or not at all. Needs no host.") { what, to, plugin, version, sequence, commit, author, message, buildUrl, signKey, json };
        command.SetAction((result, cancellationToken) => CommandGuard.RunAsync(
            result,
            async (output, token) =>
            {
                var now = TimeProvider.System.GetUtcNow();
                await using var build = await DropBuild.FindAsync(output, result.GetRequiredValue(what), token);
                var manifest = new DropManifest
                {
                    Format = DropManifest.KnownFormat,
                    Plugin = Named("--plugin", result.GetValue(plugin) ?? build.Plugin),
                    Assembly = build.Assembly,
                    Sequence = result.GetValue(sequence) ?? now.ToUnixTimeMilliseconds(),
                    CreatedAt = now,
                    Commit = (result.GetValue(commit) ?? build.Commit?.Id)?.ToLowerInvariant(),
                    Author = result.GetValue(author) ?? build.Commit?.Author,
                    Message = result.GetValue(message) ?? build.Commit?.Message,
                    BuildUrl = result.GetValue(buildUrl),
                    Files = new Dictionary<string, string>(),
                };
                var name = Named("--version", result.GetValue(version) ?? now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture));
                return Write(output, build.Folder, result.GetRequiredValue(to), name, manifest, Signer(result.GetValue(signKey), token), result.GetValue(json));
            },
            cancellationToken));
        return command;
    }

    private static int Write(CommandOutput output, string folder, string to, string version, DropManifest manifest, Action<string>? sign, bool asJson)
    {
        try
        {
            var place = DropWriter.Write(folder, to, version, manifest, sign);
            if (asJson)
            {
                output.Json(JsonSerializer.Serialize(new { manifest.Plugin, Version = version, manifest.Sequence, manifest.Commit, Folder = place }, ApiJson.Options));
            }
            else
            {
                output.Line($"Dropped {manifest.Plugin} {version} into {place}.");
            }

            return ExitCode.Done;
        }
        catch (InvalidDataException refusal)
        {
            throw new CommandFailure(refusal.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"Nothing was dropped into {to}: {failure.Message} Check that the folder can be written to, and has room.");
        }
    }

    private static Action<string>? Signer(string? key, CancellationToken cancellationToken) =>
        key is null ? null : manifest => DropSigner.Sign(manifest, key, new ChildProcess(TimeProvider.System), cancellationToken);

    // It becomes the name of a folder, and one that begins with a dot is not looked at.
    private static string Named(string option, string name) => name.Length > 0 && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || "._-+".Contains(letter, StringComparison.Ordinal))
        ? name
        : throw new CommandFailure($"{option} is '{name}'; it is made of letters, digits, '.', '-', '_' and '+', and does not begin with a dot.", ExitCode.WrongUsage);
}
