#!/usr/bin/env bash
# ./build.sh run|test|bench|soak|cluster|pack|container: everything happens in the program in .build/, which this script compiles when it changed.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
program="$root/artifacts/bin/PluginHost.Build/release/PluginHost.Build.dll"

if ! command -v dotnet >/dev/null; then
  echo "build.sh needs the .NET SDK 10, and there is no 'dotnet' on the PATH. See https://dotnet.microsoft.com/download." >&2
  exit 1
fi

if [ ! -f "$program" ] || [ -n "$(find "$root/.build" "$root"/Directory.Build.* -newer "$program" -print -quit)" ]; then
  # In the background, so that a signal to this script can be passed on.
  (cd "$root" && exec dotnet msbuild .build/PluginHost.Build.csproj -restore -property:Configuration=Release \
    -nodeReuse:false -nologo -terminalLogger:off -verbosity:quiet >&2) &
  build=$!
  trap 'kill "$build" 2>/dev/null; exit 130' INT TERM
  wait "$build"
  trap - INT TERM
  touch "$program"
fi

exec dotnet "$program" "$@"
