namespace Worker;

/// <summary>The section Inbox.</summary>
internal sealed class InboxOptions
{
    /// <summary>The folder that files arrive in. The default is <c>inbox</c>.</summary>
    public string Folder { get; set; } = "inbox";

    /// <summary>The script that each file is handed to, as its parameter <c>fileName</c>.</summary>
    public string Script { get; set; } = "Files.SumReadings";

    /// <summary>How often the folder is looked at. The default is each second.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(1);
}
