#!/bin/sh
# Runs npm: the machine's, or where there is none the one that PyPI ships in a wheel. `tools/npm.sh ci`
set -eu
cd "$(dirname "$0")/.."

if command -v npm >/dev/null 2>&1; then
    exec npm "$@"
fi
node=$(sh tools/node.sh --wheel)
bin=$(dirname "$node")
PATH="$bin:$PATH" exec "$node" "$bin/../lib/node_modules/npm/bin/npm-cli.js" "$@"
