using PluginHost.Soak;

const string Usage = """
    Usage: ./build.sh soak [--for TIME] [--seed NUMBER]

      --for TIME     how long, as 90s, 20m or 2h; 10m without it
      --seed NUMBER  what happens, and in which order; drawn and told without it

    """;

if (Options.Parse(args) is not { } options)
{
    Console.Error.Write(Usage);
    return 2;
}

return await new SoakRun(options, Console.Out).ExecuteAsync() ? 0 : 1;
