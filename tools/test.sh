#!/bin/sh
# Every test: on SQLite, in a browser, then what touches the database once more on PostgreSQL, with the cases that
# `tests/draws.py` keeps there. `tools/test.sh [WORKERS]`
set -eu
cd "$(dirname "$0")/.."
workers=${1:-2}
# A demo for each process: seven servers beside a browser.
browsers=$((workers < 4 ? workers : 4))
status=0
flaky=

lacking=
needs() { [ -e "$1" ] || command -v "$1" >/dev/null 2>&1 || lacking="$lacking $2"; }
needs chromium chromium
# Modules bring Apache's program without its service.
needs /usr/lib/apache2/modules/mod_auth_openidc.so libapache2-mod-auth-openidc
needs /usr/lib/apache2/modules/mod_auth_cas.so libapache2-mod-auth-cas
needs /usr/lib/apache2/modules/mod_auth_mellon.so libapache2-mod-auth-mellon
# Debian starts its shibd; ours are others, each in a folder of its own.
needs /usr/lib/apache2/modules/mod_shib.so libapache2-mod-shib
needs /usr/sbin/shibd shibboleth-sp-utils
needs xmlsec1 xmlsec1
# The program alone: whether Debian starts its service or not, ours is another, on a folder and a port of its own.
needs nginx nginx-light
needs caddy caddy
needs /usr/share/lua/5.3/socket.lua lua-socket
# shellcheck disable=SC2086 # a list of names
[ -z "$lacking" ] || sh tools/debian.sh $lacking
# Brought now: two processes of the tests would both bring it.
sh tools/node.sh >/dev/null

# A few in a browser are asked a second time, alone, on a demo of their own, and it is said (docs/decisions/0040).
again() {
  [ "$1" -eq 1 ] || return 1  # anything else than tests that failed
  .venv/bin/pytest -m browser --last-failed --last-failed-no-failures none --maxfail 1 || return 1
  flaky=yes
}

.venv/bin/pytest --numprocesses "$workers" -m "not browser" || status=1
# Files in the order of `tests/conftest.py`: xdist's own ends with the longest journey, alone.
.venv/bin/pytest --numprocesses "$browsers" --dist loadfile --no-loadscope-reorder -m browser || again $? || status=1
CONVERGENCES_TEST_DATABASE=postgresql .venv/bin/pytest --numprocesses "$workers" -m "database and not browser" || status=1
[ -z "$flaky" ] || echo "FLAKY: a browser test failed, then passed alone. What it said above wants to be understood."
exit $status
