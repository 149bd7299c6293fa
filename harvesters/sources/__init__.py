"""Which kinds of provider nodes can be harvested."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from harvesters.errors import Terminal
from harvesters.parsing import Sandbox
from harvesters.source import Source, SourceConfig
from harvesters.sources.dcat import DcatSource
from harvesters.sources.emx2 import Emx2Source
from harvesters.sources.fdp import FdpSource
from harvesters.sources.oai_pmh import OaiPmhSource
from harvesters.sources.sheet import SheetSource
from harvesters.transport import Transport

KINDS: Final[Mapping[str, Callable[[SourceConfig, Transport, Sandbox], Source]]] = MappingProxyType(
    {
        "dcat": DcatSource,
        "emx2": Emx2Source,
        "fdp": FdpSource,
        "oai_pmh": OaiPmhSource,
        "sheet": SheetSource,
    }
)


def make_source(
    config: SourceConfig, transport: Transport, sandbox: Sandbox, *, uploads: Path | None = None
) -> Source:
    """Build the source of a provider. Raises ``Terminal`` for a kind or an option that is not known.

    ``uploads`` is the folder of uploaded sheets; no other kind reads files.
    """
    if config.kind == "sheet":
        return SheetSource(config, transport, sandbox, uploads=uploads)
    if config.kind not in KINDS:
        raise Terminal(
            f"{config.id}: there is no source kind {config.kind!r}; known are {', '.join(sorted(KINDS))}"
        )
    return KINDS[config.kind](config, transport, sandbox)
