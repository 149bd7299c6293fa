"""Whether the written queries, and the concepts they are said to mean, can be measured by."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalogue.model.query import RANGES
from catalogue.sample.server import sources
from ontologies.concepts import Axis, ConceptScheme
from ontologies.own_scheme import load_scheme

QUERIES = Path(__file__).parent.parent / "data/understanding/queries.tsv"
COLUMNS = ["id", "language", "held_out", "query", "chips", "rest", "note"]
LEAST = {"en": 90, "es": 45, "ca": 45}
AXES = {axis.value for axis in Axis}
OUT = "exclude:"
LEFT_AS_WORDS = "word"


@dataclass(frozen=True)
class Chip:
    """``meanings`` are alternatives, as written; ``text`` is all that the chip accounts for."""

    meanings: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class WrittenQuery:
    id: str
    language: str
    held_out: str
    query: str
    chips: tuple[Chip, ...]
    rest: str

    @property
    def kind(self) -> str:
        return self.id.split("-")[1]

    @property
    def meanings(self) -> Iterator[tuple[str, str]]:
        """Each alternative of each chip as axis and value; "word" has no value."""
        for chip in self.chips:
            for meaning in chip.meanings:
                axis, _, value = meaning.removeprefix(OUT).partition("=")
                yield axis, value


@pytest.fixture(scope="module")
def scheme() -> ConceptScheme:
    return load_scheme()


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return QUERIES.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def queries(lines: list[str]) -> list[WrittenQuery]:
    written = [line for line in lines if not line.startswith("#")]
    rows = csv.DictReader(written, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
    return [_written(row) for row in rows]


@pytest.fixture(scope="module")
def joining(lines: list[str]) -> frozenset[str]:
    """What its header calls joining words."""
    beginning = "# joining: "
    return frozenset(
        word for line in lines if line.startswith(beginning) for word in line[len(beginning) :].split()
    )


def test_every_line_has_every_column(lines: list[str]) -> None:
    written = [line.split("\t") for line in lines if not line.startswith("#")]

    assert written[0] == COLUMNS
    assert {len(row) for row in written} == {len(COLUMNS)}


def test_there_are_enough_queries_in_each_language(queries: list[WrittenQuery]) -> None:
    found = Counter(each.language for each in queries)

    assert set(found) == set(LEAST)
    assert all(found[language] >= least for language, least in LEAST.items()), found


def test_an_id_is_used_once_and_begins_with_its_language(queries: list[WrittenQuery]) -> None:
    twice = [name for name, times in Counter(each.id for each in queries).items() if times > 1]
    odd = [each.id for each in queries if not re.fullmatch(rf"{each.language}-[a-z]+-\d\d", each.id)]

    assert (twice, odd) == ([], [])


def test_no_query_is_written_twice(queries: list[WrittenQuery]) -> None:
    times = Counter(each.query for each in queries)

    assert [query for query, count in times.items() if count > 1] == []


@pytest.mark.parametrize("language", LEAST)
def test_a_third_of_each_language_is_held_out(queries: list[WrittenQuery], language: str) -> None:
    held = [each.held_out for each in queries if each.language == language]

    assert set(held) == {"yes", "no"}
    assert abs(held.count("yes") - len(held) / 3) <= 1


def test_about_a_third_of_each_kind_is_held_out(queries: list[WrittenQuery]) -> None:
    every = Counter(each.kind for each in queries)
    held = Counter(each.kind for each in queries if each.held_out == "yes")

    assert {
        kind: (held[kind], count) for kind, count in every.items() if abs(3 * held[kind] - count) > 6
    } == {}


def test_each_meaning_is_of_a_known_axis(queries: list[WrittenQuery]) -> None:
    known = {*AXES, *RANGES, "provider", LEFT_AS_WORDS}

    assert {axis for each in queries for axis, _ in each.meanings} <= known


def test_each_code_is_a_concept_of_its_axis(queries: list[WrittenQuery], scheme: ConceptScheme) -> None:
    named = {(axis, value) for each in queries for axis, value in each.meanings if axis in AXES}
    concepts = {(concept.axis.value, concept.code) for concept in scheme}

    assert named - concepts == set()


def test_each_provider_is_a_source_of_the_sample(queries: list[WrittenQuery]) -> None:
    named = {value for each in queries for axis, value in each.meanings if axis == "provider"}

    assert named <= {source.id for source in sources("http://127.0.0.1")}


def test_each_range_goes_from_less_to_more(queries: list[WrittenQuery]) -> None:
    named = {value for each in queries for axis, value in each.meanings if axis in RANGES}

    assert [value for value in named if not _is_range(value)] == []


def test_no_chip_offers_one_meaning_twice(queries: list[WrittenQuery]) -> None:
    repeated = [
        each.id for each in queries for chip in each.chips if len(set(chip.meanings)) < len(chip.meanings)
    ]

    assert repeated == []


def test_chips_and_rest_account_for_each_word_of_the_query_in_its_order(
    queries: list[WrittenQuery], joining: frozenset[str]
) -> None:
    wrong = {
        each.id: (left, each.rest)
        for each in queries
        if (left := _left_over(each)) is None
        or [word for word in _words(left) if word not in joining]
        != [word for word in _words(each.rest) if word not in joining]
    }

    assert wrong == {}


def _written(row: dict[str, str]) -> WrittenQuery:
    return WrittenQuery(
        id=row["id"],
        language=row["language"],
        held_out=row["held_out"],
        query=row["query"],
        chips=_chips(row["chips"]),
        rest=row["rest"],
    )


def _chips(cell: str) -> tuple[Chip, ...]:
    return tuple(_chip(written) for written in cell.split(";")) if cell else ()


def _chip(written: str) -> Chip:
    """Raises ``ValueError`` for what is not ``meaning|meaning[text]``."""
    found = re.fullmatch(r"([^\[\]]+)\[([^\[\]]+)\]", written)
    if found is None:
        raise ValueError(f"no chip: {written}")
    return Chip(tuple(found[1].split("|")), found[2])


def _left_over(written: WrittenQuery) -> str | None:
    """The query without the texts of its chips; None where one does not follow the one before."""
    before, after = "", written.query
    for chip in written.chips:
        found = re.search(rf"(?<!\w){re.escape(chip.text)}(?!\w)", after)
        if found is None:
            return None
        before, after = f"{before}{after[: found.start()]} ", after[found.end() :]
    return before + after


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _is_range(value: str) -> bool:
    found = re.fullmatch(r"(\d*)\.\.(\d*)", value)
    if found is None or value == "..":
        return False
    return not (found[1] and found[2]) or int(found[1]) <= int(found[2])
