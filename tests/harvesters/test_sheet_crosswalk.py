"""Whether each row in the case folders of sheets comes out in the profile's words."""

from pathlib import Path

import pytest

from harvesters.crosswalks import crosswalk
from harvesters.errors import RecordRejected
from harvesters.parsing import canonical
from harvesters.sheets.columns import Form, columns
from harvesters.sheets.row import MEDIA_TYPE, Row

CASES = Path(__file__).parent.parent / "data" / "crosswalks" / "sheet"
IDENTIFIER = "https://node.example/a"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_a_case_comes_out_as_expected(case: Path) -> None:
    try:
        made = crosswalk(MEDIA_TYPE)((case / "input.json").read_bytes(), identifier=IDENTIFIER)
        triples = canonical(made.triples)
        said = [f"{one.severity} {one.path} {one.value}" for one in made.findings]
    except RecordRejected as error:
        triples, said = b"", [f"rejected: {error}"]
    expected = case / "expected.nt"
    assert triples == (expected.read_bytes() if expected.is_file() else b"")
    assert said == (case / "findings.txt").read_text(encoding="utf-8").splitlines()


def test_every_column_says_something() -> None:
    """A column that the crosswalk forgot would be asked for in vain."""
    values = {Form.NUMBER: "7", Form.SIZE: "7", Form.DATE: "2020", Form.ANSWER: "yes"}
    for column in columns().values():
        cells = {"identifier": "other", "title": "T"}
        without = _triples(cells)
        named = {"publisher_reach": "publisher", "custodian_reach": "custodian", "hdab_reach": "hdab"}
        if column.key in named:
            without = _triples(cells := {**cells, named[column.key]: "Somebody"})
        text = column.example or values.get(column.form, "https://a.example/7")
        assert _triples({**cells, column.key: text}) != without, column.key


def _triples(cells: dict[str, str]) -> bytes:
    return crosswalk(MEDIA_TYPE)(Row(cells).received(), identifier=IDENTIFIER).triples
