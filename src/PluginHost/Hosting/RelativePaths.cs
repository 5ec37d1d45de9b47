namespace PluginHost.Hosting;

/// <summary>Makes the paths in the options absolute, so that they mean the same when a script changes the working directory of the process.</summary>
internal static class RelativePaths
{
    public static void Fix(PluginHostOptions options)
    {
        options.DataDirectory = Path.GetFullPath(options.DataDirectory);
        foreach (var source in options.Sources.Values)
        {
            source.DropFolder = Absolute(source.DropFolder);
            source.WebhookSecretFile = Absolute(source.WebhookSecretFile);
            var credentials = source.Credentials;
            credentials.TokenFile = Absolute(credentials.TokenFile);
            credentials.SshKeyFile = Absolute(credentials.SshKeyFile);
            credentials.SshKnownHostsFile = Absolute(credentials.SshKnownHostsFile);
        }

        // Without a folder it is looked for on the PATH.
        if (Path.GetDirectoryName(options.Build.DotnetPath) is { Length: > 0 })
        {
            options.Build.DotnetPath = Absolute(options.Build.DotnetPath);
        }

        options.Unload.Inspector = Absolute(options.Unload.Inspector);
    }

    private static string? Absolute(string? path) => string.IsNullOrEmpty(path) ? path : Path.GetFullPath(path);
}
