#!/bin/sh
# Every check that needs no test. All of them run, then the failed ones are named.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
failed=

# Commands that read Django's settings need a few; none of these is a secret of anybody's.
export CONVERGENCES_SECRET_KEY="only for checks, on no machine that serves anybody"
export CONVERGENCES_DATABASE_URL="sqlite:///:memory:"
export DJANGO_SETTINGS_MODULE=convergences.project.settings

check() {
    name=$1
    shift
    started=$(date +%s)
    if output=$("$@" 2>&1); then
        printf '  ok      %-12s %3ss\n' "$name" "$(($(date +%s) - started))"
    else
        printf '%s\n  FAILED  %-12s %3ss\n' "$output" "$name" "$(($(date +%s) - started))"
        failed="$failed $name"
    fi
}

check lock uv lock --check --quiet
check format ruff format --check .
check lint ruff check .
check types mypy
check layers lint-imports
check packages deptry .
check templates python -m tools.templates
check migrations django-admin makemigrations --check --dry-run
check django django-admin check --fail-level WARNING
# The settings that the README gives for a real installation must be found safe.
check settings env \
    CONVERGENCES_BASE_URL=https://portail.example.fr \
    CONVERGENCES_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" \
    CONVERGENCES_DATABASE_URL=postgresql://convergences@db/convergences \
    CONVERGENCES_EMAIL_URL=smtps://user:password@mail.example.fr \
    convergences check

if [ -n "$failed" ]; then
    echo "failed:$failed" >&2
    exit 1
fi
