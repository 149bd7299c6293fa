"""Whether each record in the case folders of DataCite and Dublin Core comes out in the profile's words."""

from pathlib import Path

import pytest

from harvesters.crosswalks import crosswalk
from harvesters.errors import RecordRejected
from harvesters.parsing import canonical
from harvesters.parsing.strict import canonical_xml, read_xml
from harvesters.recognition import counted

CASES = Path(__file__).parent.parent / "data" / "crosswalks"
PROFILES = {"datacite": "http://datacite.org/schema/kernel-4", "oai_dc": "oai_dc"}
FOLDERS = [folder for name in PROFILES for folder in sorted((CASES / name).iterdir())]


def _outcome(name: str, received: bytes) -> tuple[bytes, list[str]]:
    crossing = crosswalk(f'application/xml; profile="{PROFILES[name]}"')
    try:
        crosswalked = crossing(received, identifier="oai:node.example:1")
    except RecordRejected as error:
        return b"", [f"rejected: {error}"]
    said = [f"{one.severity} {one.path} {one.value}" for one in crosswalked.findings]
    return canonical(crosswalked.triples), said


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_case_comes_out_as_expected(case: Path) -> None:
    triples, said = _outcome(case.parent.name, (case / "input.xml").read_bytes())
    expected = case / "expected.nt"
    assert triples == (expected.read_bytes() if expected.is_file() else b"")
    assert said == (case / "findings.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_the_canonical_form_of_a_record_says_the_same(case: Path) -> None:
    received = (case / "input.xml").read_bytes()
    assert _outcome(case.parent.name, canonical_xml(read_xml(received, "case"))) == _outcome(
        case.parent.name, received
    )


@pytest.mark.parametrize(
    ("profile", "version"),
    [
        ("http://schema.datacite.org/oai/oai-1.1/", "datacite/1"),
        ("http://datacite.org/schema/kernel-2.2", "datacite/1"),
        ("Datacite", "datacite/1"),
        ("http://www.openarchives.org/OAI/2.0/oai_dc/", "oai_dc/1"),
        ("http://purl.org/dc/elements/1.1/", "oai_dc/1"),
        ("http://purl.org/dc/terms/", "oai_dc/1"),
    ],
)
def test_a_format_is_known_by_its_namespace_or_prefix(profile: str, version: str) -> None:
    assert crosswalk(f'application/xml; profile="{profile}"').version == version


def test_triples_go_to_the_crosswalk_of_dcat() -> None:
    assert crosswalk("application/n-triples").version == "dcat_ap/1"


@pytest.mark.parametrize("media_type", ['application/xml; profile="http://www.loc.gov/mods/v3"', "text/html"])
def test_a_format_that_nothing_reads_is_rejected(media_type: str) -> None:
    with pytest.raises(RecordRejected, match="not read here"):
        crosswalk(media_type)(b"<a/>", identifier="oai:node.example:1")


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("received", [b"", b"<a", b"<a/>", b"<!DOCTYPE a><a/>"])
def test_bytes_that_are_no_such_record_are_rejected(name: str, received: bytes) -> None:
    assert _outcome(name, received)[1][0].startswith("rejected: oai:node.example:1")


def test_two_counts_read_from_a_text_are_one_finding_to_mend() -> None:
    told = (list(counted(size, "https://node.example/d")) for size in ("120 patients", "4,711 patients"))
    (one,), (other,) = told
    assert one[0] != other[0]
    assert one[1].message == other[1].message
