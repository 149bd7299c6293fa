"""Whether files that real software published come through: counted, or refused with a reason."""

import json
from pathlib import Path

import pytest

from harvesters.errors import NotMetadata
from harvesters.parsing import Sandbox, read_page

URL = "http://node.example/catalog"


@pytest.fixture
def wild(shared_data: Path) -> dict[Path, dict[str, object]]:
    entries = json.loads((shared_data / "wild" / "manifest.json").read_text(encoding="utf-8"))
    return {shared_data / "wild" / entry["file"]: entry for entry in entries}


def _count(sandbox: Sandbox, file: Path, media_type: str) -> int | str:
    try:
        page = sandbox.call(read_page, file.read_bytes(), media_type, URL)
    except NotMetadata as error:
        return str(error)
    return len(page.datasets) + len(page.rejected)


def test_every_rdf_file_gives_its_datasets_or_a_reason(
    wild: dict[Path, dict[str, object]], sandbox: Sandbox
) -> None:
    refused = {"refuse-document", "refuse-or-do-not-expand", "needs-remote-context"}
    for file, entry in wild.items():
        media_type = str(entry["format"])
        if "OAI" in media_type:
            continue
        found = _count(sandbox, file, media_type)
        if entry["expect"] in refused:
            assert isinstance(found, str), file.name
        else:
            assert found == entry["datasets"], file.name


def test_an_oai_answer_under_any_name_is_refused_or_empty(
    wild: dict[Path, dict[str, object]], sandbox: Sandbox
) -> None:
    for file, entry in wild.items():
        if "OAI" in str(entry["format"]):
            for media_type in ("text/xml", "application/rdf+xml"):
                found = _count(sandbox, file, media_type)
                assert isinstance(found, str) or found == 0, file.name
