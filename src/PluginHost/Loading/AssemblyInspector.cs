using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace PluginHost.Loading;

/// <summary>Reads an assembly's metadata without loading it, and says why it could not run here.</summary>
internal sealed class AssemblyInspector(SharedAssemblies shared)
{
    private const string ContractName = "PluginHost.Abstractions";
    private static readonly Version ContractVersion = typeof(IScript).Assembly.GetName().Version!;

    /// <summary>Why the assembly cannot run in this host, one sentence for each reason; empty when it can.</summary>
    public IReadOnlyList<string> Inspect(string assemblyPath)
    {
        var folder = Path.GetDirectoryName(assemblyPath)!;
        try
        {
            return [.. Problems(assemblyPath, folder)];
        }
        catch (BadImageFormatException failure)
        {
            return [$"{Path.GetFileName(assemblyPath)} is not a .NET assembly, or is damaged: {failure.Message}"];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [$"{Path.GetFileName(assemblyPath)}, or an assembly that it needs, cannot be read: {failure.Message}"];
        }
    }

    private IEnumerable<string> Problems(string assemblyPath, string folder)
    {
        foreach (var file in Closure(assemblyPath, folder))
        {
            using var stream = File.OpenRead(file);
            using var image = new PEReader(stream);
            if (!image.HasMetadata)
            {
                throw new BadImageFormatException("it has no metadata.");
            }

            var metadata = image.GetMetadataReader();
            foreach (var problem in Problems(metadata, Path.GetFileName(file), folder))
            {
                yield return problem;
            }
        }
    }

    /// <summary>The assembly and those in its folder that it needs, directly or not.</summary>
    private List<string> Closure(string assemblyPath, string folder)
    {
        var found = new List<string> { assemblyPath };
        for (var i = 0; i < found.Count; i++)
        {
            using var stream = File.OpenRead(found[i]);
            using var image = new PEReader(stream);
            if (!image.HasMetadata)
            {
                continue;
            }

            var metadata = image.GetMetadataReader();
            found.AddRange(metadata.AssemblyReferences
                .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
                .Where(name => !shared.Has(name))
                .Select(name => Path.Combine(folder, name + ".dll"))
                .Where(File.Exists)
                .Except(found)
                .ToList());
        }

        return found;
    }

    private IEnumerable<string> Problems(MetadataReader metadata, string file, string folder)
    {
        if (TargetFramework(metadata) is { Length: > 0 } framework && IsNewer(framework))
        {
            yield return $"{file} targets {framework}, and this host runs .NET {Environment.Version.Major}.{Environment.Version.Minor}. Set its TargetFramework to net{Environment.Version.Major}.0 or lower, or update the host.";
        }

        foreach (var handle in metadata.AssemblyReferences)
        {
            var reference = metadata.GetAssemblyReference(handle);
            var name = metadata.GetString(reference.Name);
            if (name == ContractName)
            {
                if (reference.Version > ContractVersion)
                {
                    yield return $"{file} was built against {name} {reference.Version}, and this host has {ContractVersion}. Update the host, or lower the package's version in the project.";
                }
            }
            else if (!File.Exists(Path.Combine(folder, name + ".dll")) && shared.FindVersion(name) is var version && !(version >= reference.Version))
            {
                yield return version is null
                    ? $"{file} needs {name} {reference.Version}, which is neither in the plugin's output nor in this host. Add the package that has it, or remove what keeps it out of the output (Private or ExcludeAssets)."
                    : $"{file} needs {name} {reference.Version}, and this host has {version}. Lower the package's version in the project, or update the host.";
            }
        }
    }

    private static string? TargetFramework(MetadataReader metadata)
    {
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind == HandleKind.MemberReference
                && metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name) == "TargetFrameworkAttribute")
            {
                var value = metadata.GetBlobReader(attribute.Value);
                value.ReadUInt16();
                return value.ReadSerializedString();
            }
        }

        return null;
    }

    private static bool IsNewer(string framework)
    {
        var parts = framework.Split(",Version=v");
        return parts is [".NETCoreApp", var version] && Version.TryParse(version, out var target)
            && target > new Version(Environment.Version.Major, Environment.Version.Minor);
    }
}
