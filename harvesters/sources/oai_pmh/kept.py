"""What a page of the spool says: read once, strictly first, then without what XML cannot hold."""

from dataclasses import dataclass, replace
from typing import Final

from pydantic import TypeAdapter

from harvesters.errors import HarvestError, LimitReached, NotMetadata, Transient
from harvesters.parsing import Sandbox
from harvesters.parsing.oai import OaiAnswer, read_oai, without_illegal_characters
from harvesters.reading import naming, read_once
from harvesters.spool import Spool, SpooledPage

_ANSWERS: Final = TypeAdapter(OaiAnswer)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read of a page, or why it cannot be, is kept beside it."""

    spool: Spool
    sandbox: Sandbox

    def answer(self, page: SpooledPage) -> OaiAnswer:
        """Give what the page says; one that cannot be read gives the reason (``unread``)."""
        return read_once(self.spool, page, _ANSWERS, lambda: self._mended(page))

    def is_whole(self, page: SpooledPage) -> bool:
        """Whether asking again is no use: it was read strictly, or given up."""
        try:
            read_once(self.spool, page, _ANSWERS, lambda: self._strict(page))
        except NotMetadata:
            return False
        except LimitReached as error:
            self.give_up(page, error)
        return True

    def give_up(self, page: SpooledPage, error: HarvestError) -> None:
        given_up = OaiAnswer(unread=str(error), busy=isinstance(error, Transient))
        self.spool.attach(page, _ANSWERS.dump_json(given_up))

    def _mended(self, page: SpooledPage) -> OaiAnswer:
        try:
            return self._strict(page)
        except LimitReached as error:
            return OaiAnswer(unread=str(error))
        except NotMetadata as error:
            body, dropped = without_illegal_characters(page.read())
            if not dropped:
                return OaiAnswer(unread=str(error))
        try:
            with naming(page.url):
                return replace(self.sandbox.call(read_oai, body, page.url), dropped=dropped)
        except (LimitReached, NotMetadata) as error:
            return OaiAnswer(unread=str(error))

    def _strict(self, page: SpooledPage) -> OaiAnswer:
        with naming(page.url):
            return self.sandbox.call(read_oai, page.read(), page.url)
