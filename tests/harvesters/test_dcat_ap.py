"""Whether each dialect in the case folders comes out in the profile's words."""

from pathlib import Path

import pytest

from harvesters.crosswalks.dcat_ap import dcat_ap
from harvesters.errors import RecordRejected
from harvesters.parsing import FoundDataset, canonical, read_page

CASES = Path(__file__).parent.parent / "data" / "crosswalks" / "dcat_ap"
TITLED = b'<http://node.example/1> <http://purl.org/dc/terms/title> "T" .\n'


def _received(case: Path) -> FoundDataset:
    (file,) = case.glob("input.*")
    (found,) = read_page(file.read_bytes(), "", f"http://node.example/{file.name}").datasets
    return found


def _outcome(found: FoundDataset) -> tuple[bytes, list[str]]:
    try:
        crosswalked = dcat_ap(found.triples, identifier=found.iri)
    except RecordRejected as error:
        return b"", [f"rejected: {error}"]
    said = [f"{one.severity} {one.path} {one.value}" for one in crosswalked.findings]
    return canonical(crosswalked.triples), said


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_a_case_comes_out_as_expected(case: Path) -> None:
    triples, said = _outcome(_received(case))
    expected = case / "expected.nt"
    assert triples == (expected.read_bytes() if expected.is_file() else b"")
    assert said == (case / "findings.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_a_record_in_the_profile_is_left_alone(case: Path) -> None:
    expected = case / "expected.nt"
    if expected.is_file():
        again = dcat_ap(expected.read_bytes(), identifier=_received(case).iri)
        assert (again.triples, again.findings) == (expected.read_bytes(), ())


@pytest.mark.parametrize("identifier", ["", "TODO", "n/a", "not an address", "relative/1"])
def test_an_identifier_that_identifies_nothing_is_rejected(identifier: str) -> None:
    with pytest.raises(RecordRejected):
        dcat_ap(TITLED, identifier=identifier)


def test_a_record_about_something_else_is_rejected() -> None:
    with pytest.raises(RecordRejected, match="says nothing about this dataset"):
        dcat_ap(TITLED, identifier="http://node.example/2")


def test_bytes_that_are_no_record_are_rejected() -> None:
    with pytest.raises(RecordRejected, match="no N-Triples"):
        dcat_ap(b"<html>", identifier="http://node.example/1")
