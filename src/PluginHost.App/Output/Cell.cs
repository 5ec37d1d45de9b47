using Spectre.Console;

namespace PluginHost.App.Output;

/// <summary>A piece of text, and how it looks on a terminal.</summary>
internal readonly record struct Cell(string Text, Color? Color = null)
{
    public static implicit operator Cell(string? text) => new(text ?? "");
}
