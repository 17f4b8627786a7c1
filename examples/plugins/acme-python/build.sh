#!/bin/sh
# Makes the plugin, one file with its manifest beside it, in the folder that is named, or here in bin/.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-$here/bin}
mkdir -p "$to"
/usr/bin/python3 -B -m zipapp --compress "$here/src" -o "$to/authrun-plugin-acme"
chmod +x "$to/authrun-plugin-acme"
cp "$here/authrun-plugin-acme.json" "$to/"
