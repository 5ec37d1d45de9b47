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
    public static (string File, int Line)? Find(string assemblyPath, string typeName) =>
        Read(assemblyPath, (metadata, symbols) => Find(metadata, symbols, typeName));

    /// <summary>The file and the line of the statement at an offset in the code of a method; null when that is not known.</summary>
    public static (string File, int Line)? Find(string assemblyPath, MethodDefinitionHandle method, int offset) =>
        Read(assemblyPath, (_, symbols) => symbols.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints()
            .Where(point => !point.IsHidden && point.Offset <= offset)
            .Select(point => Place(symbols, point))
            .LastOrDefault());

    private static (string File, int Line)? Read(string assemblyPath, Func<MetadataReader, MetadataReader, (string File, int Line)?> find)
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
                return find(image.GetMetadataReader(), symbols.GetMetadataReader());
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
                .Select(point => Place(symbols, point))
                .Where(place => place is not null)
                .Min();
    }

    private static (string File, int Line)? Place(MetadataReader symbols, SequencePoint point)
    {
        var file = symbols.GetString(symbols.GetDocument(point.Document).Name);
        return file.StartsWith(Workspace.MappedRoot + "/", StringComparison.Ordinal) ? (file[(Workspace.MappedRoot.Length + 1)..], point.StartLine) : null;
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
