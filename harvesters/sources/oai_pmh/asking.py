"""How one question is put to a repository: asked once more if need be, kept, and read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from harvesters.errors import LimitReached, ProviderBusy, ProviderRefuses, Terminal, Transient
from harvesters.options import named_hosts
from harvesters.parsing.oai import OaiAnswer
from harvesters.source import SourceConfig
from harvesters.sources.oai_pmh.kept import Kept
from harvesters.spool import Spool, SpooledPage
from harvesters.transport import Reply, Transport

# On the way around a fault the same fault is met again and again.
_TRIES_AROUND: Final = 2
_GONE: Final = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers come from the spool as long as it has them, so that a harvest cut off goes on from there.

    What cannot be had or read is kept as well (``OaiAnswer.unread``): the way around it depends on it.
    """

    config: SourceConfig
    transport: Transport
    spool: Spool
    kept: Kept

    def ask(self, arguments: Mapping[str, str]) -> OaiAnswer:
        url = self._address(arguments)
        page = self.spool.replay(url) or self._asked(url, arguments)
        return self.kept.answer(page)

    def _address(self, arguments: Mapping[str, str]) -> str:
        try:
            # The address of a repository may have a query of its own (pycsw).
            return str(httpx.URL(self.config.url).copy_merge_params(dict(arguments)))
        except httpx.InvalidURL as error:
            raise Terminal(f"{self.config.url}: {arguments['verb']} makes no address ({error})") from error

    def _asked(self, url: str, arguments: Mapping[str, str]) -> SpooledPage:
        """An answer that is no whole one may have been cut off on its way."""
        page = self._stored(url, arguments)
        if self.kept.is_whole(page):
            return page
        self.spool.discard(page)
        return self._stored(url, arguments)

    def _stored(self, url: str, arguments: Mapping[str, str]) -> SpooledPage:
        is_way_around = arguments["verb"] == "GetRecord" or "until" in arguments
        try:
            reply = self.transport.get(
                url,
                accept="text/xml",
                allowed_hosts=named_hosts(self.config),
                pace=self.config.pace,
                tries=_TRIES_AROUND if is_way_around else None,
            )
        except (Transient, Terminal) as error:
            if isinstance(error, ProviderRefuses) and (page := self._refusal(url, error)):
                return page
            if not _is_poison(error, arguments["verb"]):
                raise
            # What stands there for an answer that never came has a status that is none of HTTP's.
            page = self.spool.store(Reply(url, 0, {}, b"", datetime.now(UTC)), asked=url)
            self.kept.give_up(page, error)
            return page
        return self.spool.store(reply, asked=url)

    def _refusal(self, url: str, error: ProviderRefuses) -> SpooledPage | None:
        """An error of the protocol that came under a status of HTTP (Invenio and Zenodo: 422)."""
        if not error.body:
            return None
        page = self.spool.store(Reply(url, error.status, {}, error.body, datetime.now(UTC)), asked=url)
        if self.kept.answer(page).error:
            return page
        self.spool.discard(page)
        return None


def _is_poison(error: Transient | Terminal, verb: str) -> bool:
    """Whether a fault may be that of one page or one record: its neighbours are worth asking for."""
    match error:
        case ProviderBusy():
            return error.retry_after is None
        case ProviderRefuses():
            return verb == "GetRecord" and error.status in _GONE
        case _:
            return isinstance(error, LimitReached)
