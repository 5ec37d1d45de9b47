using System.CommandLine;

namespace PluginHost.App.Commands;

/// <summary><c>completion</c>: what makes a shell complete our commands, without dotnet-suggest.</summary>
internal static class CompletionCommand
{
    // Each asks the executable itself, by System.CommandLine's directive: [suggest:position] and the line after the command's name.
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # pluginhost: completion for bash. Put this into ~/.bashrc:  eval "$(pluginhost completion bash)"
            _pluginhost() {
                local line="${COMP_LINE:0:COMP_POINT}"
                line="${line#"${COMP_WORDS[0]}"}"
                line="${line# }"
                local word
                COMPREPLY=()
                # Not compgen -W, which would run what stands in a suggestion: names come from whoever commits.
                while IFS= read -r word; do
                    if [[ "$word" == "${COMP_WORDS[COMP_CWORD]}"* ]]; then COMPREPLY+=("$(printf %q "$word")"); fi
                done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
            }
            complete -F _pluginhost pluginhost
            """,
        ["zsh"] = """
            # pluginhost: completion for zsh. Put this into ~/.zshrc, after compinit:  eval "$(pluginhost completion zsh)"
            _pluginhost() {
                local line="${BUFFER[1,CURSOR]}"
                line="${line#"${words[1]}"}"
                line="${line# }"
                compadd -- ${(f)"$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)"}
            }
            compdef _pluginhost pluginhost
            """,
        ["pwsh"] = """
            # pluginhost: completion for PowerShell. Put this into $PROFILE:  pluginhost completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName pluginhost -ScriptBlock {
                param($word, $commandAst, $position)
                $command = $commandAst.CommandElements[0].Extent.Text
                $line = $commandAst.ToString().PadRight($position).Substring(0, $position)
                $line = $line.Substring([Math]::Min($command.Length + 1, $line.Length))
                & $command "[suggest:$($line.Length)]" $line 2>$null | Where-Object { $_.StartsWith($word) } | ForEach-Object {
                    $text = if ($_ -match '^[\w.:/=-]+$') { $_ } else { "'" + $_.Replace("'", "''") + "'" }
                    [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
                }
            }
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = $"One of: {string.Join(", ", Scripts.Keys)}.", HelpName = string.Join('|', Scripts.Keys) };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Prints what a shell needs to complete commands, options, scripts and runs.") { shell };
        command.SetAction(result => result.InvocationConfiguration.Output.WriteLine(Scripts[result.GetRequiredValue(shell)].ReplaceLineEndings("\n")));
        return command;
    }
}
