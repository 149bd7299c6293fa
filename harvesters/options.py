"""Which options a source was given, and whether its kind knows them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from harvesters.credentials import NAME
from harvesters.errors import Terminal
from harvesters.source import SourceConfig

_FLAGS: Final = frozenset({"derived", "fictional", "incremental"})
# The least and the most that a number may be.
_WHOLE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"missing_runs": (1, 1000), "hold_most": (0, 1_000_000)}
)
_NUMBERS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"missing_days": (0, 3650), "hold_share": (0, 1), "run_hours": (0.01, 240)}
)
_TIMES: Final = frozenset({"schedule", "zone", "window", "full"})
# What every source may have; ingest, ledger, transport and worker read these.
EVERYWHERE: Final = _FLAGS | _TIMES | _WHOLE.keys() | _NUMBERS.keys() | {"rank", "secret"}


def require_known(config: SourceConfig, *names: str) -> None:
    """Raise ``Terminal`` for an option that the kind does not have, naming those it has.

    Also for one of every kind's with a wrong value; what ``_TIMES`` say is for the schedules to judge.
    """
    known = EVERYWHERE | set(names)
    if unknown := sorted(set(config.options) - known):
        raise Terminal(
            f"{config.id}: a source of the kind {config.kind} has no option {', '.join(unknown)}; "
            f"known are {', '.join(sorted(known))}"
        )
    for name, value in config.options.items():
        if complaint := _complaint(name, value):
            raise Terminal(f"{config.id}: {name}={value} {complaint}")


def _complaint(name: str, value: str) -> str:
    if name in _FLAGS and value not in ("true", "false"):
        return "is neither true nor false"
    if name in _WHOLE and not (value.isascii() and value.isdecimal() and _within(value, *_WHOLE[name])):
        return "is no whole number from {:g} to {:g}".format(*_WHOLE[name])
    if name in _NUMBERS and not _within(value, *_NUMBERS[name]):
        return "is no number from {:g} to {:g}".format(*_NUMBERS[name])
    if name == "secret" and not NAME.fullmatch(value):
        return "is no name of a secret (letters, digits, dots, dashes)"
    return ""


def _within(value: str, least: float, most: float) -> bool:
    try:
        return least <= float(value) <= most
    except ValueError:
        return False


def named_hosts(config: SourceConfig) -> frozenset[str]:
    """The further hosts that links may lead to (``hosts=a.example,b.example``)."""
    return frozenset(host.strip() for host in config.options.get("hosts", "").split(",") if host.strip())
