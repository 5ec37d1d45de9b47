using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using PluginHost.Artifacts;

namespace PluginHost.Loading;

/// <summary>Warns of calls in a plugin's own code that keep each version in memory after it was replaced, by its metadata.</summary>
/// <remarks>
/// Only advice: a call that is taken back elsewhere, by something of the same assembly, is none, and what a library of the
/// plugin calls is not looked at.
/// </remarks>
internal static class PinningCalls
{
    private const string Code = "PH0101";
    private const string ExitCode = "PH0102";

    private sealed record Hazard(string Type, string Method, string? TakenBackBy, string Advice, string Code = PinningCalls.Code);

    private static readonly Hazard[] Hazards =
    [
        .. new[] { "ProcessExit", "DomainUnload", "UnhandledException", "FirstChanceException", "AssemblyLoad", "AssemblyResolve", "TypeResolve", "ResourceResolve" }
            .Select(name => Event("System.AppDomain", name)),
        Event("System.Console", "CancelKeyPress"),
        Event("System.Threading.Tasks.TaskScheduler", "UnobservedTaskException"),
        Event("System.Runtime.Loader.AssemblyLoadContext", "Resolving"),
        new("System.Runtime.InteropServices.PosixSignalRegistration", "Create", "Dispose", "dispose the registration before the run ends"),
        new("System.Runtime.InteropServices.GCHandle", "Alloc", "Free", "free the handle before the run ends"),
        new("System.ComponentModel.TypeDescriptor", "AddProvider", "RemoveProvider", "remove the provider before the run ends"),
        new("System.ComponentModel.TypeDescriptor", "AddAttributes", "RemoveProvider", "remove the provider that it answers before the run ends"),
        new("System.Threading.ThreadPool", "RegisterWaitForSingleObject", "Unregister", "unregister the wait before the run ends"),
        new("System.Diagnostics.ActivitySource", "AddActivityListener", "Dispose", "dispose the listener before the run ends"),
        .. new[] { "CreateObservableGauge", "CreateObservableCounter", "CreateObservableUpDownCounter" }
            .Select(name => new Hazard("System.Diagnostics.Metrics.Meter", name, "Dispose", "dispose the meter before the run ends")),
        .. new[] { "Exit", "FailFast" }.Select(name => new Hazard("System.Environment", name, null, "", ExitCode)),
    ];

    /// <summary>The warnings, each at the first place of the call; none when the file cannot be read.</summary>
    public static IReadOnlyList<Diagnostic> Find(PluginArtifact artifact)
    {
        try
        {
            using var image = new PEReader(File.OpenRead(artifact.AssemblyPath));
            return image.HasMetadata ? [.. Find(artifact, image, image.GetMetadataReader())] : [];
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            // Whether it can be loaded is found out, and said, elsewhere.
            return [];
        }
    }

    private static IEnumerable<Diagnostic> Find(PluginArtifact artifact, PEReader image, MetadataReader metadata)
    {
        var calls = metadata.MemberReferences
            .Select(handle => (Handle: handle, Reference: metadata.GetMemberReference(handle)))
            .Select(call => (call.Handle, Type: TypeName(metadata, call.Reference.Parent), Method: metadata.GetString(call.Reference.Name)))
            .ToList();
        foreach (var hazard in Hazards)
        {
            var found = calls.Where(call => call.Type == hazard.Type && call.Method == hazard.Method).Select(call => MetadataTokens.GetToken(call.Handle)).ToList();
            if (found.Count == 0 || calls.Any(call => call.Type == hazard.Type && call.Method == hazard.TakenBackBy))
            {
                continue;
            }

            // What is disposed is often so by its interface: then only what stands in the same method counts.
            var disposals = calls.Where(call => call.Method == hazard.TakenBackBy).Select(call => MetadataTokens.GetToken(call.Handle)).ToHashSet();
            var uses = Bodies(image, metadata).Select(body => (body.Method, body.Code, At: CallTo(body.Code, Instantiations(metadata, found)))).Where(use => use.At is not null && CallTo(use.Code, disposals) is null).ToList();
            if (uses.Count > 0)
            {
                var place = SourcePlaces.Find(artifact.AssemblyPath, uses[0].Method, uses[0].At!.Value);
                yield return new Diagnostic(DiagnosticSeverity.Warning, hazard.Code, Say(artifact, hazard), place?.File ?? artifact.Project, place?.Line, null);
            }
        }
    }

    private static string Say(PluginArtifact artifact, Hazard hazard)
    {
        var name = $"{hazard.Type[(hazard.Type.LastIndexOf('.') + 1)..]}.{hazard.Method.Replace("add_", "", StringComparison.Ordinal)}";
        return hazard.Code == ExitCode
            ? $"{artifact.PluginId} calls {name}, which ends the whole host with everything that runs in it. Throw an exception to fail the run."
            : $"{artifact.PluginId} uses {name}, which keeps each of its versions in memory after it was replaced: {hazard.Advice}.";
    }

    private static string? TypeName(MetadataReader metadata, EntityHandle parent)
    {
        if (parent.Kind != HandleKind.TypeReference)
        {
            return null;
        }

        var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }

    // A generic method is called by a token of its own for each set of type arguments.
    private static HashSet<int> Instantiations(MetadataReader metadata, List<int> members) =>
    [
        .. members,
        .. Enumerable.Range(1, metadata.GetTableRowCount(TableIndex.MethodSpec))
            .Select(MetadataTokens.MethodSpecificationHandle)
            .Where(handle => members.Contains(MetadataTokens.GetToken(metadata.GetMethodSpecification(handle).Method)))
            .Select(handle => MetadataTokens.GetToken(handle)),
    ];

    private static IEnumerable<(MethodDefinitionHandle Method, byte[] Code)> Bodies(PEReader image, MetadataReader metadata) =>
        from handle in metadata.MethodDefinitions
        let address = metadata.GetMethodDefinition(handle).RelativeVirtualAddress
        where address != 0
        let code = image.GetMethodBody(address).GetILBytes()
        where code is not null
        select (handle, code);

    // The bytes of call, callvirt, newobj or ldftn and a token: that they are something else by chance costs a line number.
    private static int? CallTo(byte[] body, HashSet<int> tokens)
    {
        for (var i = 1; i + 4 <= body.Length; i++)
        {
            if (body[i - 1] is 0x28 or 0x6F or 0x73 or 0x06 && tokens.Contains(BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(i))))
            {
                return i - 1;
            }
        }

        return null;
    }

    private static Hazard Event(string type, string name) => new(type, $"add_{name}", $"remove_{name}", "unsubscribe before the run ends (-= with the same method)");
}
