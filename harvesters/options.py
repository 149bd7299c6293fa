"""Which options a source was given, and whether its kind knows them."""

from typing import Final

from harvesters.errors import Terminal
from harvesters.source import SourceConfig

# What every source may say of its records; ingest and ledger read these.
_FLAGS: Final = frozenset({"derived", "fictional"})
EVERYWHERE: Final = _FLAGS | {"rank"}


def require_known(config: SourceConfig, *names: str) -> None:
    """Raise ``Terminal`` for an option that the kind does not have, naming those it has."""
    known = EVERYWHERE | set(names)
    if unknown := sorted(set(config.options) - known):
        raise Terminal(
            f"{config.id}: a source of the kind {config.kind} has no option {', '.join(unknown)}; "
            f"known are {', '.join(sorted(known))}"
        )
    for name in sorted(_FLAGS & set(config.options)):
        if config.options[name] not in ("true", "false"):
            raise Terminal(f"{config.id}: {name}={config.options[name]} is neither true nor false")


def named_hosts(config: SourceConfig) -> frozenset[str]:
    """The further hosts that links may lead to (``hosts=a.example,b.example``)."""
    return frozenset(host.strip() for host in config.options.get("hosts", "").split(",") if host.strip())
