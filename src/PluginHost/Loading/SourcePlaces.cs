using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using PluginHost.Building;
using PluginHost.Scripts;

namespace PluginHost.Loading;

/// <summary>Tells where in the repository a class is written, from the debug information that its build has left.</summary>
internal static class SourcePlaces
{
    /// <summary>The file, from the root of the repository, and the line at which the code of the class begins; null when that is not known.</summary>
    /// <param name="assemblyPath">The plugin's assembly.</param>
    /// <param name="typeName">The class, as <see cref="TypeDisplay.FullName(Type)"/> writes it.</param>
    public static (string File, int Line)? Find(string assemblyPath, string typeName)
    {
        try
        {
            using var image = new PEReader(File.OpenRead(assemblyPath));
            if (!image.TryOpenAssociatedPortablePdb(assemblyPath, File.OpenRead, out var symbols, out _) || symbols is null)
            {
                return null;
            }

            using (symbols)
            {
                return Find(image.GetMetadataReader(), symbols.GetMetadataReader(), typeName);
            }
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException)
        {
            // Debug information is a courtesy: without it a message has no line.
            return null;
        }
    }

    private static (string File, int Line)? Find(MetadataReader metadata, MetadataReader symbols, string typeName)
    {
        var type = metadata.TypeDefinitions.FirstOrDefault(handle => FullName(metadata, handle) == typeName);
        return type.IsNil
            ? null
            : Points(metadata, symbols, type)
                .Select(point => (File: symbols.GetString(symbols.GetDocument(point.Document).Name), Line: point.StartLine))
                .Where(place => place.File.StartsWith(Workspace.MappedRoot + "/", StringComparison.Ordinal))
                .Select(place => ((string File, int Line)?)(place.File[(Workspace.MappedRoot.Length + 1)..], place.Line))
                .Min();
    }

    /// <summary>The statements of a class and of the classes within it: the body of an async method is in one of those.</summary>
    private static IEnumerable<SequencePoint> Points(MetadataReader metadata, MetadataReader symbols, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.GetMethods()
            .SelectMany(method => symbols.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
            .Where(point => !point.IsHidden)
            .Concat(type.GetNestedTypes().SelectMany(nested => Points(metadata, symbols, nested)));
    }

    private static string FullName(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var name = metadata.GetString(type.Name);
        var space = metadata.GetString(type.Namespace);
        return !type.GetDeclaringType().IsNil ? $"{FullName(metadata, type.GetDeclaringType())}.{name}"
            : space.Length > 0 ? $"{space}.{name}"
            : name;
    }
}
