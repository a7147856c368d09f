"""Giving up, before hostile bytes are read, all that reading them does not need. Nothing here wants a privilege.

Each measure stands alone, and what a kernel or a container refuses is done without: limits hold everywhere; Landlock
(Linux 5.13) leaves the code to be read and no other file; a network of one's own is empty; `seccomp` comes last,
since what it gives up the others need.
"""

import ctypes
import os
import resource
import struct
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from convergences.foundations.sandbox.seccomp import filter_out

MEMORY = 1536 * 1024 * 1024
DESCRIPTORS = 32
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_NEW_USER, _NEW_IPC, _NEW_NETWORK = 0x10000000, 0x08000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446
_PATH_BENEATH = 1
_VERSION = 1
_READ = 1 << 2 | 1 << 3  # files, folders
# How many of the rights that Landlock knows, by its version: on files, on the network, beyond its own domain.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_ALL_RIGHTS = 16
_SINCE_NETWORK, _SINCE_SCOPES = 4, 6


MEASURES = ("limits", "no_privilege", "no_network", "no_file", "few_calls")


def confine(seconds: int) -> frozenset[str]:
    """Give all up that can be, for good, and return which of the `MEASURES` hold."""
    taken = (lambda: _limit(seconds), _promise, _leave_network, _leave_files, filter_out)
    return frozenset(name for name, measure in zip(MEASURES, taken, strict=True) if _done(measure))


def _done(measure: Callable[[], bool]) -> bool:
    try:
        return measure()
    except (OSError, AttributeError, ValueError):  # no such call in this C library, a limit already lower
        return False


def _limit(seconds: int) -> bool:
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
    ):
        resource.setrlimit(kind, (most, most))
    return True


def _promise() -> bool:
    """No program that it would start has more rights; nobody else's debugger reads its memory."""
    libc = _libc()
    return bool(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 and libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def _leave_network() -> bool:
    return bool(_libc().unshare(_NEW_USER | _NEW_NETWORK | _NEW_IPC) == 0)


def _leave_files() -> bool:
    """Let only the interpreter's and our own code be read: parts of them are loaded when they are first used."""
    libc = _libc()
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    handled = (1 << _RIGHTS.get(version, _ALL_RIGHTS)) - 1
    asked = struct.pack("=Q", handled)
    if version >= _SINCE_NETWORK:
        asked += struct.pack("=Q", 3)  # no port bound, none connected to
    if version >= _SINCE_SCOPES:
        asked += struct.pack("=Q", 3)  # no abstract socket, no signal to others
    rules = libc.syscall(_CREATE_RULESET, ctypes.c_char_p(asked), ctypes.c_size_t(len(asked)), 0)
    if rules < 0:
        return False
    try:
        for folder in _code():
            with suppress(OSError):
                _let_read(libc, rules, folder)
        return bool(libc.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _let_read(libc: ctypes.CDLL, rules: int, folder: Path) -> None:
    beneath = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", _READ, beneath)
        libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(beneath)


def _code() -> Iterator[Path]:
    yield Path(__file__).parents[2]
    yield from {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    yield Path(sys.base_prefix) / "lib"
    yield from (Path(name) for name in ("/lib", "/lib64", "/usr/lib", "/usr/local/lib"))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
