using PluginHost.App;

// The command line to a plugin host. Without a command it is the host itself.
return await CommandLine.Create().Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = null });
