using System.Text.Json.Serialization;

namespace PluginHost.Backups;

/// <summary>What a backup says of itself.</summary>
/// <param name="Format">How the file is laid out. Always <see cref="CurrentFormat"/>, until that has to change.</param>
/// <param name="Version">The version of PluginHost that made it.</param>
/// <param name="CreatedAt">When it was begun: what was acknowledged before is in it.</param>
/// <param name="Schema">How many steps the tables of its history have.</param>
internal sealed record BackupManifest(int Format, string Version, DateTimeOffset CreatedAt, int Schema)
{
    public const int CurrentFormat = 1;
    public const string FileName = "backup.json";
}

[JsonSerializable(typeof(BackupManifest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class BackupJson : JsonSerializerContext;
