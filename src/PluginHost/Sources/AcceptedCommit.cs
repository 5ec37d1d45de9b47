using System.Text.Json;
using System.Text.Json.Serialization;

namespace PluginHost.Sources;

/// <summary>The commit of a source that was accepted last. It lies beside the clone, so that neither a restart nor a new clone forgets it.</summary>
/// <param name="Commit">Its full id.</param>
/// <param name="Signer">Who signed it; null when that was not asked.</param>
/// <param name="Url">The repository it was accepted from.</param>
/// <param name="Branch">The branch that was configured.</param>
internal sealed partial record AcceptedCommit(string Commit, string? Signer, string Url, string? Branch)
{
    /// <summary>What the file says, or null when there is none.</summary>
    /// <exception cref="SourceException">It cannot be read: nobody can tell what was accepted.</exception>
    public static AcceptedCommit? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), Json.Default.AcceptedCommit) : null;
        }
        catch (JsonException failure)
        {
            throw new SourceException(
                SourceFailure.Unreachable,
                $"The file {file}, which holds the commit that was accepted last, cannot be read: {failure.Message} No new commit is taken and what is live stays live. Delete it to accept the tip as the first one.",
                failure);
        }
    }

    public void Write(string file)
    {
        // Whole or not at all: a host that is killed here must find the one or the other.
        var written = $"{file}.new";
        using (var stream = new FileStream(written, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, this, Json.Default.AcceptedCommit);
            stream.Flush(flushToDisk: true);
        }

        File.Move(written, file, overwrite: true);
    }

    [JsonSerializable(typeof(AcceptedCommit))]
    private sealed partial class Json : JsonSerializerContext;
}
