namespace PluginHost;

/// <summary>On how many nodes a script runs for one reason. Where the host is alone, each comes to the same: it runs there.</summary>
public enum RunOn
{
    /// <summary>On one node: each due time, and each request, has one run.</summary>
    OneNode,

    /// <summary>
    /// On every node: each due time, and each request, has a run on each node that is up, is not drained, and has the
    /// version and the label (<see cref="ScriptAttribute.NodeLabel"/>) at that moment. For what concerns the node itself,
    /// such as its caches and its disk.
    /// </summary>
    /// <remarks>
    /// What is said of overlap and of how many runs may be under way holds on each node by itself. The run of a node that
    /// dies is lost, or run again by that node itself when it comes back at once (<see cref="ScriptAttribute.RerunWhenLost"/>);
    /// no other node takes it over. Such a script cannot run after another one (<see cref="RunAfterAttribute"/>).
    /// </remarks>
    EveryNode,
}
