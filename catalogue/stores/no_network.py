"""How a process gives up the network for good.

The engine fetches what SERVICE names and has no switch; admission refuses it, and this is the wall behind.
A seccomp filter needs no privilege and works inside containers, where new namespaces often are forbidden.
"""

import ctypes
import errno
import os
import struct
import sys
from typing import Final

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
# Instructions of the classic Berkeley packet filter, linux/bpf_common.h.
_LOAD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_RETURN: Final = 0x06
_NUMBER_AT: Final = 0  # in struct seccomp_data
# socket(2) and io_uring_setup(2), by machine.
_CALLS: Final = {"x86_64": (41, 425), "aarch64": (198, 425)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def close_network() -> bool:
    """Let no socket be opened in this process from now on; False where this machine offers no such thing."""
    calls = _CALLS.get(os.uname().machine)
    if sys.platform != "linux" or calls is None:
        return False
    library = ctypes.CDLL(None, use_errno=True)
    instructions = _filter(calls)
    program = _Program(len(instructions) // 8, instructions)
    return bool(
        library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        and library.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0
    )


def _filter(calls: tuple[int, ...]) -> bytes:
    """Answer these calls with EACCES, let all others pass."""
    jumps = [
        _instruction(_JUMP_IF_EQUAL, number, then=len(calls) - place) for place, number in enumerate(calls)
    ]
    return b"".join(
        (
            _instruction(_LOAD, _NUMBER_AT),
            *jumps,
            _instruction(_RETURN, _ALLOW),
            _instruction(_RETURN, _ERRNO | errno.EACCES),
        )
    )


def _instruction(code: int, value: int, *, then: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, 0, value)
