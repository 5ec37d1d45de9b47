using System.CommandLine.Invocation;
using PluginHost.App;

// The command line to a plugin host. Without a command it is the host itself.
var result = CommandLine.Parse(args);
var exitCode = await result.InvokeAsync(new() { ProcessTerminationTimeout = null });
return result.Action is ParseErrorAction ? ExitCode.WrongUsage : exitCode;
