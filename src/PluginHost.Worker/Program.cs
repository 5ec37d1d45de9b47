using System.Reflection;

// The program of a worker process. All that it does is in the engine, which is found by name: see the project file.
var worker = Type.GetType("PluginHost.Isolation.WorkerProgram, PluginHost", throwOnError: true)!;
return (int)worker.GetMethod("Run", BindingFlags.Static | BindingFlags.Public)!.Invoke(null, null)!;
