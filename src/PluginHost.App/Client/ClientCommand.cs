using System.CommandLine;
using PluginHost.App.Output;

namespace PluginHost.App.Client;

/// <summary>Makes a command that asks a running host.</summary>
internal static class ClientCommand
{
    /// <param name="name">What is typed.</param>
    /// <param name="description">What it does, in a sentence.</param>
    /// <param name="symbols">Its arguments and options.</param>
    /// <param name="act">Does it, and answers the exit code.</param>
    public static Command Create(string name, string description, IEnumerable<Symbol> symbols, Func<ClientCall, Task<int>> act)
    {
        var options = new ClientOptions();
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        options.AddTo(command);
        command.SetAction((result, cancellationToken) => CommandGuard.RunAsync(
            result,
            async (output, token) =>
            {
                using var api = ClientOptions.Connect(result);
                return await act(new ClientCall(result, api, output, TimeProvider.System, options.IsJson(result), token));
            },
            cancellationToken));
        return command;
    }
}
