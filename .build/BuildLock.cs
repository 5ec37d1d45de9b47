namespace PluginHost.Build;

/// <summary>Makes builds of this repository take turns: two at once would write the same files.</summary>
internal static class BuildLock
{
    public static async Task<IDisposable> AcquireAsync(RepositoryRoot root, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(root.Artifacts);

        for (var told = false; ; told = true)
        {
            try
            {
                // Unlocked by the operating system when this process ends, however it ends.
                return new FileStream(Path.Combine(root.Artifacts, "build.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (!told)
                {
                    Console.Error.WriteLine("Waiting for another build of this repository...");
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }
}
