using System.Security.Cryptography;
using System.Text;

namespace PluginHost.Build;

/// <summary>A short hash of everything that the ready host is built from.</summary>
internal static class SourceKey
{
    private static readonly string[] RootFilePatterns = ["Directory.*", "global.json", "nuget.config", ".editorconfig"];

    public static string Of(RepositoryRoot root)
    {
        var files = Directory.GetFiles(Path.Combine(root.Directory, "src"), "*", SearchOption.AllDirectories)
            .Concat(RootFilePatterns.SelectMany(pattern => Directory.GetFiles(root.Directory, pattern)))
            .Concat(Directory.GetFiles(Path.Combine(root.Directory, ".config")))
            .Order(StringComparer.Ordinal);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Environment.Version.ToString()));

        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(root.Directory, file)));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
