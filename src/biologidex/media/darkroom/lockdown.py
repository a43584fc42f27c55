"""What the helper gives up before it opens the first photo. It cannot take any of it back."""

import ctypes
import os
import resource
import sys

MEGABYTE = 1 << 20
# Address space. Measured at 60 million pixels: 75 MB before the first photo, then 1 byte a pixel for JPEG, 7 for HEIC
# and PNG, 9 for AVIF, 11 for PNG with transparency, 15 for WebP.
BASE_MEMORY = 256 * MEGABYTE
BYTES_PER_PIXEL = 18
OPEN_FILES = 16
NICENESS = 2  # reading photos gives way to answering people, but only a little: somebody waits for it too

# Landlock, a part of Linux since 5.13: https://docs.kernel.org/userspace-api/landlock.html
CREATE_RULESET, RESTRICT_SELF, VERSION_ONLY = 444, 446, 1
NO_NEW_PRIVILEGES = 38
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # how many rights over files a version knows
NET_SINCE, SCOPES_SINCE = 4, 6


class Ruleset(ctypes.Structure):
    """What is forbidden unless a rule allows it; there are no rules."""

    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


def limit(*, max_pixels: int) -> None:
    """Bound memory and files; never write any, not even a memory dump."""
    memory = BASE_MEMORY + BYTES_PER_PIXEL * max_pixels
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        hard = resource.getrlimit(what)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))
    os.nice(NICENESS)


def allow_seconds(seconds: int) -> None:
    """Give the next photo this much of the processor's time. The kernel ends a process that takes more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def give_memory_back() -> None:
    """Return what is free to the system, where the C library can do that."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(ctypes.c_size_t(0))


def forbid_files_and_network() -> bool:
    """Give up opening files, TCP and signalling other processes. False where the kernel cannot do that."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(
        ctypes.c_long(CREATE_RULESET), None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION_ONLY)
    )
    if version < 1:
        return False
    rights = FILE_RIGHTS[max(known for known in FILE_RIGHTS if known <= version)]
    rules = Ruleset(
        files=(1 << rights) - 1,
        network=3 if version >= NET_SINCE else 0,
        scopes=3 if version >= SCOPES_SINCE else 0,
    )
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    ruleset = libc.syscall(
        ctypes.c_long(CREATE_RULESET),
        ctypes.byref(rules),
        ctypes.c_size_t(ctypes.sizeof(rules)),
        ctypes.c_uint32(0),
    )
    if ruleset < 0:
        return False
    done = libc.syscall(ctypes.c_long(RESTRICT_SELF), ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0
    os.close(ruleset)
    return bool(done)
