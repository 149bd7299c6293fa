"""The files that real software published, and what the readers of this project find in each."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harvesters.crosswalks import crosswalk
from harvesters.errors import HarvestError, RecordRejected
from harvesters.parsing import canonical, extracts
from harvesters.parsing.documents import Answer
from harvesters.parsing.oai import OaiRecord, read_oai

URL: Final = "http://node.example/catalog"
OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
_ENVELOPE: Final = (
    b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord>%s</GetRecord></OAI-PMH>'
)
_DECLARATION: Final = re.compile(rb"<\?xml[^>]*\?>")
_REFUSALS: Final = {"refuse-document", "refuse-or-do-not-expand", "needs-remote-context"}


@dataclass(frozen=True)
class Reading:
    """``count`` are datasets or records, ``crossings`` what became of each: "" for one that was taken.

    ``refusal`` is why the document as a whole is not read, ``error`` the code of an answer that is one.
    """

    count: int = 0
    crossings: tuple[str, ...] = ()
    refusal: str = ""
    error: str = ""
    token: str = ""

    @property
    def in_words(self) -> str:
        if self.refusal:
            return f"refused: {self.refusal.rpartition('/')[2]}"
        if self.error:
            return f"OAI-PMH error {self.error}"
        crossed = self.crossings.count("")
        reasons = sorted({reason for reason in self.crossings if reason})
        return f"{self.count} found, {crossed} taken" + "".join(f"; {reason}" for reason in reasons)


@dataclass(frozen=True)
class Wild:
    """One file, and what its entry in the manifest says of it."""

    file: Path
    entry: dict[str, Any]

    @property
    def is_oai(self) -> bool:
        return "OAI" in self.entry["format"]

    @property
    def expected(self) -> str:
        kind = str(self.entry["expect"])
        if kind in _REFUSALS:
            return kind
        counted = "records" if self.is_oai else "datasets"
        return f"{kind}, {self.entry[counted]} {counted}"

    def read(self, folder: Path) -> Reading:
        """Read the file as its source would; ``folder`` is for what comes of it."""
        try:
            return self._oai() if self.is_oai else self._rdf(folder / "datasets")
        except HarvestError as error:
            return Reading(refusal=str(error))

    def fault(self, found: Reading) -> str:
        """What is wrong with a reading, "" for nothing."""
        match self.entry["expect"]:
            case kind if kind in _REFUSALS:
                return "" if found.refusal else "not refused"
            case "oai-error":
                return "" if [found.error] == self.entry["error_codes"] else "another error"
            case "accept-no-records" if "not an OAI-PMH envelope" in str(self.entry["oddities"]):
                return "" if found.refusal else "taken for an OAI-PMH answer"
            case "accept" | "accept-no-datasets" | "accept-no-records":
                return self._fault_of_accepted(found)
            case kind:
                return f"nothing is known of {kind}"

    def _fault_of_accepted(self, found: Reading) -> str:
        count = self.entry["records"] if self.is_oai else self.entry["datasets"]
        token = self.entry.get("resumption_token") or ""
        if found.refusal or found.error:
            return "refused"
        return "" if (found.count, found.token) == (count, token) else f"{count} and token {token!r} expected"

    def _rdf(self, target: Path) -> Reading:
        extract = extracts.extract(Answer(self.file, self.entry["format"], URL), target)
        crossed = [
            _crossed(found.triples, "application/n-triples", found.iri) for found in extracts.read(target)
        ]
        rejected = [one.reason for one in extract.said.rejected]
        return Reading(len(crossed) + len(rejected), (*crossed, *rejected))

    def _oai(self) -> Reading:
        body = self.file.read_bytes()
        if self.entry.get("root") == f"{OAI}record":  # one that stands alone is put into an envelope first
            body = _ENVELOPE % _DECLARATION.sub(b"", body, count=1)
        answer = read_oai(body, f"{URL}/{self.file.name}")
        crossings = tuple(_crossed_record(record) for record in answer.records)
        return Reading(len(answer.records), crossings, error=answer.error, token=answer.token)


def wild_payloads(folder: Path) -> Iterator[Wild]:
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return (Wild(folder / entry["file"], entry) for entry in entries)


def _crossed_record(record: OaiRecord) -> str:
    if record.deleted:
        return "deleted"
    media_type = f'application/xml; profile="{record.profile or "datacite"}"'
    return _crossed(record.metadata, media_type, record.identifier or "none")


def _crossed(received: bytes, media_type: str, identifier: str) -> str:
    try:
        crosswalked = crosswalk(media_type)(received, identifier=identifier)
    except RecordRejected as error:
        return str(error).removeprefix(f"{identifier}: ")
    return "" if canonical(crosswalked.triples) else "nothing came of it"
