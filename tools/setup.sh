#!/bin/sh
# Prepares .venv from nothing but Python 3.11 and the package registries: `tools/setup.sh [--no-dev]`.
# Each step is skipped when its work is already there.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

python_3_11() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    say "Python 3.11 or later is needed; name it with PYTHON=/path/to/python3.11 make setup"
    exit 1
}

new_environment() {
    python=$(python_3_11)
    rm -rf .venv
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        # Debian keeps ensurepip in another package; a pip of the machine can fill an environment that has none.
        "$python" -m venv --without-pip .venv
        "$python" -m pip --python .venv/bin/python install --quiet pip
    else
        sh tools/debian.sh python3-venv
        "$python" -m venv .venv
    fi
}

pin() { sed -n "s/^$1==//p" tools/requirements.txt; }

.venv/bin/python -m pip --version >/dev/null 2>&1 || new_environment
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$(pin uv)" ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(pin uv)"
fi
# --inexact: uv itself lives in this environment and is not in the lock.
UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv \
    .venv/bin/uv sync --quiet --frozen --inexact --extra demo --python .venv/bin/python "$@"
