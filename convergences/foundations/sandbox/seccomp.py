"""What a process that only computes may still ask of the kernel: a filter (seccomp) that nothing takes off again.

Written for the two processors that servers have; elsewhere, or where the kernel has no such filter, there is none. The
filter lets through what an interpreter needs to read its own modules, hold memory, and answer; opening a file to
write, sockets, other processes and programs do not exist (ENOSYS), which the C library takes for an old kernel.
"""

import ctypes
import errno
import os
import platform
import struct

# x86-64, aarch64 (None: it has no such call), as `linux/audit.h` and `asm/unistd.h` number them.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_OPENAT = (257, 56)
_LET_THROUGH: dict[str, tuple[int, int | None]] = {
    "read": (0, 63),
    "readv": (19, 65),
    "pread64": (17, 67),
    "write": (1, 64),
    "writev": (20, 66),
    "close": (3, 57),
    "lseek": (8, 62),
    "dup": (32, 23),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "stat": (4, None),
    "lstat": (6, None),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "membarrier": (324, 283),
    "rseq": (334, 293),
    "set_robust_list": (273, 99),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "gettimeofday": (96, 169),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
# Instructions of a classic BPF program (`linux/bpf_common.h`), and places in `struct seccomp_data`.
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _THIRD_ARGUMENT = 0, 4, 32
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.ENOSYS, 0x80000000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


def filter_out() -> bool:
    """Give up, for good, every call but those let through; False where nothing could be given up.

    The process has promised to gain no privilege (`PR_SET_NO_NEW_PRIVS`): the kernel asks for it.
    """
    known = _ARCHITECTURES.get(platform.machine())
    if known is None:
        return False
    program = b"".join(_program(*known))
    held = ctypes.create_string_buffer(program)
    described = struct.pack("HL", len(program) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.c_char_p(described), 0, 0) == 0)


def _program(architecture: int, column: int) -> list[bytes]:
    """Return the filter: kill what runs as another processor, look at the flags of `openat`, allow what is listed."""
    numbers = [number for each in _LET_THROUGH.values() if (number := each[column]) is not None]
    program = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_IF_EQUAL, architecture, then=1),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
        _instruction(_IF_EQUAL, _OPENAT[column], otherwise=4),
        _instruction(_LOAD, _THIRD_ARGUMENT),
        _instruction(_IF_ANY_BIT, _WRITES, otherwise=1),
        _instruction(_RETURN, _REFUSE),
        _instruction(_RETURN, _ALLOW),
    ]
    # From each, over those that are left and the refusal, to the last line of all.
    program += [_instruction(_IF_EQUAL, number, then=len(numbers) - place) for place, number in enumerate(numbers)]
    return [*program, _instruction(_RETURN, _REFUSE), _instruction(_RETURN, _ALLOW)]


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
