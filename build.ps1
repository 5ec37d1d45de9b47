# ./build.ps1 run|test|bench|soak|pack: everything happens in the program in .build/, which this script compiles when it changed.
$ErrorActionPreference = 'Stop'

$program = Join-Path $PSScriptRoot 'artifacts/bin/PluginHost.Build/release/PluginHost.Build.dll'

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    [Console]::Error.WriteLine("build.ps1 needs the .NET SDK 10, and there is no 'dotnet' on the PATH. See https://dotnet.microsoft.com/download.")
    exit 1
}

$sources = Get-ChildItem (Join-Path $PSScriptRoot '.build'), (Join-Path $PSScriptRoot 'Directory.Build.*') -File

if (-not (Test-Path $program) -or ($sources | Where-Object LastWriteTimeUtc -gt (Get-Item $program).LastWriteTimeUtc)) {
    # In the root, because that is where dotnet looks for global.json.
    Push-Location $PSScriptRoot
    try {
        dotnet msbuild .build/PluginHost.Build.csproj -restore -property:Configuration=Release `
            -nodeReuse:false -nologo -terminalLogger:off -verbosity:quiet
        if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    }
    finally {
        Pop-Location
    }
    (Get-Item $program).LastWriteTimeUtc = [DateTime]::UtcNow
}

dotnet $program @args
exit $LASTEXITCODE
