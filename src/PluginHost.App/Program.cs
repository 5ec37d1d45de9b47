using System.CommandLine.Invocation;
using PluginHost.App;

// The command line to a plugin host. Without a command it is the host itself.
var result = CommandLine.Parse(args);
var exitCode = await result.InvokeAsync(new() { ProcessTerminationTimeout = null });

// Not returned: a thread that a script has left behind would keep the process.
ProcessEnd.Now(result.Action is ParseErrorAction ? ExitCode.WrongUsage : exitCode);
