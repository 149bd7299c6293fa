"""Whether OAI-PMH answers that real software published come through: counted, or refused with a reason."""

import json
from pathlib import Path

import pytest

from harvesters.crosswalks import crosswalk
from harvesters.errors import NotMetadata, RecordRejected
from harvesters.parsing import Sandbox, canonical
from harvesters.parsing.oai import OaiAnswer, OaiRecord, read_oai

ENVELOPE = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord>%s</GetRecord></OAI-PMH>'
OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture
def wild(shared_data: Path) -> dict[Path, dict[str, object]]:
    entries = json.loads((shared_data / "wild" / "manifest.json").read_text(encoding="utf-8"))
    oai = [entry for entry in entries if "OAI" in entry["format"]]
    return {shared_data / "wild" / entry["file"]: entry for entry in oai}


def _read(file: Path, entry: dict[str, object], sandbox: Sandbox) -> OaiAnswer | str:
    """A record that stands alone is put into an envelope first."""
    body = file.read_bytes()
    if entry.get("root") == f"{OAI}record":
        body = ENVELOPE % body.removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>').removeprefix(
            b"<?xml version='1.0' encoding='UTF-8'?>"
        )
    try:
        return sandbox.call(read_oai, body, file.name)
    except NotMetadata as error:
        return str(error)


def _outcome(record: OaiRecord) -> str:
    try:
        crossing = crosswalk(f'application/xml; profile="{record.profile or "datacite"}"')
        crosswalked = crossing(record.metadata, identifier=record.identifier or "none")
    except RecordRejected as error:
        return str(error)
    return "" if canonical(crosswalked.triples) else "nothing came of it"


def test_every_answer_is_read_as_counted_or_refused(
    wild: dict[Path, dict[str, object]], sandbox: Sandbox
) -> None:
    assert wild
    for file, entry in wild.items():
        answer = _read(file, entry, sandbox)
        if entry["expect"] == "refuse-document" or "not an OAI-PMH envelope" in str(entry.get("oddities")):
            assert isinstance(answer, str), file.name
            continue
        assert isinstance(answer, OaiAnswer), (file.name, answer)
        assert len(answer.records) == entry["records"], file.name
        assert answer.token == (entry.get("resumption_token") or ""), file.name
        assert [answer.error] == (entry["error_codes"] or [""]), file.name


def test_every_record_crosses_or_is_rejected_with_a_reason(
    wild: dict[Path, dict[str, object]], sandbox: Sandbox
) -> None:
    answers = (_read(file, entry, sandbox) for file, entry in wild.items())
    records = [one for answer in answers if isinstance(answer, OaiAnswer) for one in answer.records]
    outcomes = [_outcome(record) for record in records if not record.deleted]
    assert len(outcomes) > 50
    assert sum(not outcome for outcome in outcomes) > 10
    reasons = ("is no dataset", "not read here", "no title", "no DataCite resource", "answer is empty")
    assert [one for one in outcomes if one and not any(reason in one for reason in reasons)] == []
