using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Scripts;

namespace PluginHost.Pipeline;

/// <summary>Warns of scripts that no node can run as the nodes are: one that can may come later.</summary>
internal sealed class PlacementAdvice(INodeLabels nodes)
{
    public IEnumerable<Diagnostic> Of(LoadedPlugin plugin)
    {
        // Most plugins need none, and are not to ask.
        foreach (var script in plugin.Scripts.Where(script => script.Descriptor.NodeLabel is not null))
        {
            var (label, labels) = (script.Descriptor.NodeLabel, nodes.OfNodesUp);
            if (labels is not null && !NodeLabels.Suffice(labels, label))
            {
                var place = SourcePlaces.Find(plugin.Artifact.AssemblyPath, TypeDisplay.FullName(script.Type));
                yield return new Diagnostic(
                    DiagnosticSeverity.Warning, null,
                    $"Script '{script.Descriptor.Id}' needs a node with the label '{label}', and no node that is up has it (labels there are: {NodeLabels.List(labels)}). It does not run until one has: see PluginHost:NodeLabels.",
                    place?.File ?? plugin.Artifact.Project, place?.Line, null);
            }
        }
    }
}
