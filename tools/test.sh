#!/bin/sh
# Every test: on SQLite, in a browser, then what touches the database once more on PostgreSQL. `tools/test.sh [WORKERS]`
set -eu
cd "$(dirname "$0")/.."
workers=${1:-2}
status=0

command -v chromium >/dev/null 2>&1 || sh tools/debian.sh chromium
# It brings Apache's program without its service: nothing is started on this machine.
[ -e /usr/lib/apache2/modules/mod_auth_openidc.so ] || sh tools/debian.sh libapache2-mod-auth-openidc
# The program alone: whether Debian starts its service or not, ours is another, on a folder and a port of its own.
command -v nginx >/dev/null 2>&1 || sh tools/debian.sh nginx-light
[ -e /usr/share/lua/5.3/socket.lua ] || sh tools/debian.sh lua-socket
# Brought now: two processes of the tests would both bring it.
sh tools/node.sh >/dev/null

.venv/bin/pytest --numprocesses "$workers" -m "not browser" || status=1
.venv/bin/pytest -m browser || status=1
CONVERGENCES_TEST_DATABASE=postgresql .venv/bin/pytest --numprocesses "$workers" -m "database and not browser" || status=1
exit $status
