"""An OAI-PMH repository that keeps records, answers for any dates, and stumbles over some of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.scripted_repository import DC, ENVELOPE, error

BUSY: Final = Answer(status=500)
BROKEN: Final = Answer(
    ENVELOPE.format("<ListRecords><record>R&D</record></ListRecords>").encode(), "text/xml"
)
IDENTIFY: Final = (
    "<Identify><earliestDatestamp>2026-01-01T00:00:00Z</earliestDatestamp>"
    "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
)


@dataclass
class LivingRepository:
    """``dates`` are the records; ``poison`` are answers to whatever would show one of these records.

    ``heads`` are records that cannot even be listed, ``refused`` verbs that are not known.
    """

    provider: Provider
    dates: Mapping[str, str]
    poison: Mapping[str, Answer] = field(default_factory=dict)
    heads: Collection[str] = ()
    deleted: Collection[str] = ()
    refused: Collection[str] = ()
    page: int = 3
    tells_total: bool = False

    def __post_init__(self) -> None:
        self.provider.otherwise = self.answer

    def asked(self, verb: str) -> int:
        return sum(f"verb={verb}" in path for path, _ in self.provider.asked)

    def answer(self, path: str) -> Answer:
        given = dict(parse_qsl(urlsplit(path).query))
        verb = given["verb"]
        if verb in self.refused:
            return _said(error("badVerb"))
        match verb:
            case "Identify":
                return _said(IDENTIFY)
            case "GetRecord":
                return self._record(given["identifier"])
            case "ListRecords" | "ListIdentifiers":
                return self._list(verb, given)
            case _:
                return _said(error("noMetadataFormats"))

    def _record(self, name: str) -> Answer:
        if name not in self.dates:
            return _said(error("idDoesNotExist"))
        return self.poison.get(name) or _said(f"<GetRecord>{self._written(name)}</GetRecord>")

    def _list(self, verb: str, given: Mapping[str, str]) -> Answer:
        start, end, cursor = (given.get("resumptionToken") or "!!0").split("!")
        start, end = given.get("from", start), given.get("until", end)
        names = [name for name, date in self.dates.items() if start <= date and (not end or date <= end)]
        if not names:
            return _said(error("noRecordsMatch"))
        place = int(cursor)
        shown = names[place : place + self.page]
        for name in shown:
            if verb == "ListRecords" and name in self.poison:
                return self.poison[name]
            if verb == "ListIdentifiers" and name in self.heads:
                return BUSY
        written = self._written if verb == "ListRecords" else self._header
        after = place + self.page
        token = f"{start}!{end}!{after}" if after < len(names) else ""
        total = f' completeListSize="{len(names)}"' if self.tells_total else ""
        body = "".join(written(name) for name in shown)
        return _said(f"<{verb}>{body}<resumptionToken{total}>{token}</resumptionToken></{verb}>")

    def _written(self, name: str) -> str:
        described = "" if name in self.deleted else f"<metadata>{DC.format(name)}</metadata>"
        return f"<record>{self._header(name)}{described}</record>"

    def _header(self, name: str) -> str:
        status = ' status="deleted"' if name in self.deleted else ""
        inner = f"<identifier>{name}</identifier><datestamp>{self.dates[name]}</datestamp>"
        return f"<header{status}>{inner}</header>"


def daily(count: int) -> dict[str, str]:
    """Records ``r1``, ``r2`` ..., one a day."""
    return {
        f"r{number}": f"2026-{1 + number // 28:02}-{1 + number % 28:02}T12:00:00Z" for number in range(count)
    }


def _said(content: str) -> Answer:
    return Answer(ENVELOPE.format(content).encode(), "text/xml")
