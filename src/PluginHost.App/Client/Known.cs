using System.CommandLine;
using System.CommandLine.Completions;

namespace PluginHost.App.Client;

/// <summary>Arguments whose values the host knows, and completes.</summary>
internal static class Known
{
    // Who presses Tab does not want to wait.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    public static Argument<string> ScriptArgument() => Complete(new Argument<string>("script") { Description = "The script's id, as in 'pluginhost scripts'." }, Scripts);

    public static Argument<string> PluginArgument() => Complete(new Argument<string>("plugin") { Description = "The plugin's id, as in 'pluginhost plugins'." }, Plugins);

    public static Argument<string> NodeArgument() => Complete(new Argument<string>("node") { Description = "The node's name, as on the host's page." }, context => Ask<NodeInfo>(context, "nodes", node => node.Id));

    public static Argument<string?> OptionalPluginArgument(string description) =>
        Complete(new Argument<string?>("plugin") { Arity = ArgumentArity.ZeroOrOne, Description = description }, Plugins);

    public static Argument<string> RunArgument() => Complete(new Argument<string>("run") { Description = "The run's id, as in 'pluginhost runs'." }, context => Ask<RunInfo>(context, "runs", run => run.Id));

    public static IEnumerable<CompletionItem> Scripts(CompletionContext context) => Ask<ScriptInfo>(context, $"scripts?limit={PageOptions.Most}", script => script.Id);

    private static IEnumerable<CompletionItem> Plugins(CompletionContext context) => Ask<PluginInfo>(context, "plugins", plugin => plugin.Id);

    private static Argument<T> Complete<T>(Argument<T> argument, Func<CompletionContext, IEnumerable<CompletionItem>> source)
    {
        // Without a name of its own, help would ask the host for all that can stand here.
        argument.HelpName = argument.Name;
        argument.CompletionSources.Add(source);
        return argument;
    }

    private static IEnumerable<CompletionItem> Ask<T>(CompletionContext context, string list, Func<T, string> name)
    {
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            using var api = ClientOptions.Connect(context.ParseResult);
            var answer = Task.Run(() => api.GetAsync<Page<T>>(list, limit.Token)).GetAwaiter().GetResult();
            return [.. answer.Value.Items.Select(item => new CompletionItem(name(item)))];
        }
        catch (Exception failure) when (failure is CommandFailure or OperationCanceledException)
        {
            // Without a host there is nothing to complete, and no place to say so.
            return [];
        }
    }
}
