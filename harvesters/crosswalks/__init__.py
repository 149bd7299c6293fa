"""Which crosswalk puts a record of a media type into the profile: pure functions, each with a version."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from harvesters.crosswalked import Crosswalked
from harvesters.crosswalks import datacite, dcat_ap, emx2, oai_dc, sheet
from harvesters.crosswalks.statements import written
from harvesters.descriptions import Description
from harvesters.emx2 import PROFILE
from harvesters.errors import RecordRejected
from harvesters.sheets.row import MEDIA_TYPE

__all__ = ["Crosswalk", "Crosswalked", "crosswalk"]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """``version`` changes with what comes out; a call raises ``RecordRejected``."""

    version: str
    _function: Callable[[bytes, str], Crosswalked]

    def __call__(self, received: bytes, *, identifier: str) -> Crosswalked:
        return self._function(received, identifier)


def crosswalk(media_type: str) -> Crosswalk:
    """Find the crosswalk by a record's media type, its ``profile`` being a namespace or an OAI-PMH prefix.

    A format that none reads has one too, which rejects every record with that reason.
    """
    kind, _, parameters = media_type.partition(";")
    profile = parameters.strip().removeprefix("profile=").strip('"')
    if kind.strip() == "application/n-triples" and profile == PROFILE:
        return _EMX2
    if kind.strip() == "application/n-triples":
        return _DCAT_AP
    if kind.strip() == "application/xml" and datacite.reads(profile):
        return _DATACITE
    if kind.strip() == "application/xml" and oai_dc.reads(profile):
        return _OAI_DC
    if kind.strip() == MEDIA_TYPE:
        return _SHEET
    return Crosswalk("none/1", lambda _received, identifier: _unread(identifier, media_type))


def _described(describe: Callable[[bytes, str], Description]) -> Callable[[bytes, str], Crosswalked]:
    return lambda received, identifier: written(describe(received, identifier))


def _emx2(received: bytes, identifier: str) -> Crosswalked:
    """What EMX2 says in its own words, put into DCAT, and what it says in DCAT go one way from there on."""
    row = emx2.emx2(received, identifier)
    made = written(row.description)
    crossed = dcat_ap.dcat_ap(made.triples + row.kept, identifier=identifier)
    return Crosswalked(crossed.triples, crossed.subject, (*made.findings, *crossed.findings))


def _unread(identifier: str, media_type: str) -> Crosswalked:
    raise RecordRejected(f"{identifier}: {media_type} is a format that is not read here")


_DCAT_AP: Final = Crosswalk(
    dcat_ap.VERSION, lambda received, identifier: dcat_ap.dcat_ap(received, identifier=identifier)
)
_EMX2: Final = Crosswalk(f"{emx2.VERSION}+{dcat_ap.VERSION}", _emx2)
_DATACITE: Final = Crosswalk(datacite.VERSION, _described(datacite.datacite))
_OAI_DC: Final = Crosswalk(oai_dc.VERSION, _described(oai_dc.oai_dc))
_SHEET: Final = Crosswalk(sheet.VERSION, _described(sheet.sheet))
