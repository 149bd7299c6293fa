"""What an OAI-PMH 2.0 repository is to us: its options, what is asked of it, what it gives."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from harvesters.errors import Terminal
from harvesters.options import require_known
from harvesters.parsing import Sandbox
from harvesters.parsing.oai import OaiFormat
from harvesters.source import Checkpoint, Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources.oai_pmh.asking import Asking
from harvesters.sources.oai_pmh.by_name import listed_by_name
from harvesters.sources.oai_pmh.items import items
from harvesters.sources.oai_pmh.kept import Kept
from harvesters.sources.oai_pmh.listed import listed
from harvesters.sources.oai_pmh.quirks import named_quirks
from harvesters.sources.oai_pmh.shell import Refusal, Shell, Unread
from harvesters.spool import Spool
from harvesters.transport import Transport

# The richest first; a repository's own spelling (oai_datacite4, Datacite) may go on behind these.
_PREFERRED: Final = ("oai_datacite", "datacite", "oai_dc")


class OaiPmhSource:
    """Options: ``prefix``, the metadata format; ``set``, a part of the records; ``quirks``; ``hosts``."""

    def __init__(self, config: SourceConfig, transport: Transport, sandbox: Sandbox) -> None:
        require_known(config, "prefix", "set", "quirks", "hosts")
        self._config = config
        self._transport = transport
        self._sandbox = sandbox
        self._quirks = named_quirks(config)

    def listing(self, *, since: Checkpoint | None, spool: Spool, only: Collection[str] = ()) -> Listing:
        kept = Kept(spool, self._sandbox)
        shell = Shell(Asking(self._config, self._transport, spool, kept), self._quirks)
        try:
            identify = shell.said({"verb": "Identify"})
            selection = {"metadataPrefix": self._config.options.get("prefix") or self._best(shell)}
            if only:
                return listed_by_name(shell, only, selection["metadataPrefix"])
            if wanted := self._config.options.get("set"):
                selection["set"] = wanted
            return listed(shell, identify, selection, since.since if since else None)
        except Unread as error:
            raise error.in_full() from error

    def records(self, listing: Listing, *, spool: Spool) -> Iterator[Record | Withdrawn | Rejected]:  # noqa: ARG002
        return items(spool, Kept(spool, self._sandbox))

    def _best(self, shell: Shell) -> str:
        """The richest format that is read here; oai_dc is an obligation, also of those who do not list it."""
        try:
            offered = shell.said({"verb": "ListMetadataFormats"}).formats
        except Refusal:
            return _PREFERRED[-1]
        for wanted in _PREFERRED:
            for one in offered:
                if one.prefix.lower().startswith(wanted):
                    return one.prefix
        raise Terminal(f"{self._config.url}: {_unread(offered)}; set the option prefix=")


def _unread(offered: Iterable[OaiFormat]) -> str:
    prefixes = ", ".join(sorted(one.prefix for one in offered)) or "none"
    return f"of the formats offered none is read here ({prefixes})"
