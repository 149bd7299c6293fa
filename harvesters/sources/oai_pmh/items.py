"""Which records the pages of a spool hold, which they withdraw, and which cannot be taken."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import httpx

from harvesters.parsing.oai import OaiAnswer, OaiRecord
from harvesters.source import Record, Rejected, Withdrawn
from harvesters.sources.oai_pmh.by_name import named_record
from harvesters.sources.oai_pmh.dates import moment_of
from harvesters.sources.oai_pmh.kept import Kept
from harvesters.spool import Spool, SpooledPage

MOST_BYTES: Final = 5_000_000
LONGEST_IDENTIFIER: Final = 2_000


def items(spool: Spool, kept: Kept) -> Iterator[Record | Withdrawn | Rejected]:
    """Give each record once, from a list's pages and from the answers to questions for single ones."""
    found = _Found()
    for page in list_pages(spool):
        yield from found.on(page, kept.answer(page))


def list_pages(spool: Spool) -> Iterator[SpooledPage]:
    """The pages that tell of records, without those of a list that was begun again."""
    pages = [
        page for page in spool if _asked(page, "verb") in ("ListRecords", "ListIdentifiers", "GetRecord")
    ]
    begun = {page.asked: page.number for page in pages}
    valid_from = 0
    for page in pages:
        if not _asked(page, "resumptionToken"):
            valid_from = max(valid_from, begun[page.asked])
        if page.number >= valid_from:
            yield page


@dataclass(slots=True)
class _Found:
    """What was met already: a record that stands on two pages is one record."""

    headers: dict[str, OaiRecord] = field(default_factory=dict)
    prefix: str = ""

    def on(self, page: SpooledPage, answer: OaiAnswer) -> Iterator[Record | Withdrawn | Rejected]:
        self.prefix = _asked(page, "metadataPrefix") or self.prefix
        match _asked(page, "verb"):
            case "GetRecord":
                yield from self._by_name(answer, _asked(page, "identifier"))
            case "ListIdentifiers":
                # The others are fetched behind this; a header is enough to delete.
                for header in answer.headers:
                    if header.deleted and header.is_named:
                        yield from self._taken(header)
            case _:
                for number, record in enumerate(answer.records, start=1):
                    yield from self._listed(record, f"{page.url} (record {number} of the page)")

    def _by_name(self, answer: OaiAnswer, identifier: str) -> Iterator[Record | Withdrawn | Rejected]:
        match named_record(answer, identifier):
            case OaiRecord() as record:
                yield from self._taken(record)
            case reason:
                if identifier not in self.headers:
                    yield Rejected(identifier, reason)

    def _listed(self, record: OaiRecord, place: str) -> Iterator[Record | Withdrawn | Rejected]:
        if record.is_named:
            yield from self._taken(record)
        else:
            reason = f"the record has no identifier ({record.identifier[:200]!r})"
            yield Rejected(place, reason, identified=False)

    def _taken(self, record: OaiRecord) -> Iterator[Record | Withdrawn | Rejected]:
        if len(record.identifier.encode()) > LONGEST_IDENTIFIER:
            reason = f"its identifier is longer than {LONGEST_IDENTIFIER} bytes"
            yield Rejected(record.identifier[:200], reason, identified=False)
            return
        header = replace(record, metadata=b"")
        first = self.headers.setdefault(record.identifier, header)
        if first is header:
            yield _item(record, self.prefix)
        # A list that moves while it is read shows a record twice; only if these differ is it a fault.
        elif first != header:
            yield Rejected(record.identifier, "this record stands twice; the first one was taken")


def _asked(page: SpooledPage, name: str) -> str:
    return str(httpx.URL(page.asked).params.get(name, ""))


def _item(record: OaiRecord, prefix: str) -> Record | Withdrawn | Rejected:
    """A header is enough to delete; anything else needs metadata."""
    if record.deleted:
        return Withdrawn(record.identifier, moment_of(record.datestamp))
    if not record.metadata:
        return Rejected(record.identifier, "the record has no metadata and is not marked as deleted")
    if len(record.metadata) > MOST_BYTES:
        return Rejected(record.identifier, f"its metadata is larger than {MOST_BYTES:,} bytes")
    media_type = f'application/xml; profile="{record.profile or prefix}"'
    return Record(record.identifier, record.metadata, media_type, moment_of(record.datestamp))
