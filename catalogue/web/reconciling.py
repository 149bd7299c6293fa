"""Which concepts a cell of somebody's table may mean, each with a score, and which of them is certain.

Reconciliation Service API 0.2 (W3C community group); what clients of 0.1 send is understood, too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from catalogue.errors import BadRequest
from catalogue.publishing.mappings import KnownMappings
from catalogue.search.concepts import ConceptMatch, How, concept_finder
from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.mappings import EXACT

MOST_QUERIES: Final = 50
MOST_LETTERS: Final = 1_000

_MOST_CODES: Final = 20
_MOST_CANDIDATES: Final = 50
_CERTAIN: Final = 100.0
_BROADER: Final = 85.0
# A name that begins with the words, or holds them, is the nearer the less else it says.
_SPANS: Final[Mapping[How, tuple[float, float]]] = {
    How.CODE: (100.0, 100.0),
    How.LABEL: (98.0, 98.0),
    How.SYNONYM: (95.0, 95.0),
    How.NAME: (90.0, 90.0),
    How.BEGINNING: (60.0, 80.0),
    How.WORDS: (40.0, 60.0),
    How.REWRITTEN: (90.0, 90.0),
    How.RELATED: (50.0, 50.0),
    How.ALIKE: (0.0, 50.0),
}


class Property(BaseModel):
    """``pid`` is a code system (``DOID``), ``v`` the code, or several."""

    model_config = ConfigDict(frozen=True)

    pid: str = Field(max_length=MOST_LETTERS)
    v: JsonValue

    @property
    def codes(self) -> Iterator[str]:
        for value in self.v if isinstance(self.v, list) else [self.v]:
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield f"{self.pid}:{str(value).removeprefix(f'{self.pid}:')}"


class Query(BaseModel):
    """``type`` names axes; one that there is not finds nothing."""

    model_config = ConfigDict(frozen=True)

    query: str = Field(default="", max_length=MOST_LETTERS)
    type: str | list[str] = ""
    limit: Annotated[float, Field(ge=1)] = 10
    properties: Annotated[list[Property], Field(max_length=20)] = []
    type_strict: Literal["any", "should", "all"] = "any"

    @property
    def axes(self) -> tuple[Axis, ...]:
        wanted = [self.type] if isinstance(self.type, str) else self.type
        named = [name for name in wanted if name]
        return tuple(axis for axis in Axis if axis in named) if named else tuple(Axis)

    @property
    def codes(self) -> Iterator[str]:
        """The codes of other systems that the row states beside the word; each is looked for on each axis."""
        stated = (code for one in self.properties for code in one.codes)
        return islice((code for code in stated if len(code) <= MOST_LETTERS), _MOST_CODES)


@dataclass(frozen=True, slots=True)
class Candidate:
    """``match`` says that it is certain; ``matched`` is the code, name or mapping that was found."""

    concept: Concept
    score: float
    match: bool
    matched: str


_BATCH: Final = TypeAdapter(dict[str, Query])


def read_batch(text: str) -> dict[str, Query]:
    """Raises ``BadRequest`` for what is no batch, and for one that is too large."""
    try:
        batch = _BATCH.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(one)[:60] for one in first["loc"][:4])
        raise BadRequest(
            f"queries is no batch of queries: {place and place + ': '}{first['msg'][:200]}",
            parameter="queries",
        ) from error
    if len(batch) > MOST_QUERIES:
        raise BadRequest(f"{len(batch)} queries are too many; at most {MOST_QUERIES}", parameter="queries")
    return batch


def candidates(query: Query, known: KnownMappings, scheme: ConceptScheme) -> tuple[Candidate, ...]:
    """The best first. One is certain where a code, exact name or curator's exact mapping leaves no other."""
    finder, axes, word = concept_finder(scheme), query.axes, query.query.strip()
    matches = finder.find_on(word, axes) if word else ()
    sure = dict(_certain(query, matches, known, scheme))
    found = {
        code: Candidate(scheme_concept, _CERTAIN, False, why) for code, (scheme_concept, why) in sure.items()
    }
    for one in _broader(word, axes, known, scheme):
        found.setdefault(one.concept.code, one)
    for match in matches:
        found.setdefault(match.concept.code, _candidate(match, word))
    ranked = sorted(
        found.values(), key=lambda one: (-one.score, one.concept.label.casefold(), one.concept.code)
    )
    alone = len(sure) == 1
    return tuple(
        Candidate(one.concept, one.score, alone and one.concept.code in sure, one.matched)
        for one in ranked[: min(int(query.limit), _MOST_CANDIDATES)]
    )


def _certain(
    query: Query, matches: Iterable[ConceptMatch], known: KnownMappings, scheme: ConceptScheme
) -> Iterator[tuple[str, tuple[Concept, str]]]:
    """What a code, an exact English name or a curated mapping names; the latter goes before a name."""
    word, axes = query.query.strip(), query.axes
    for code in query.codes:
        for axis in axes:
            if concept := scheme.find(code, axis):
                yield concept.code, (concept, code)
    decided = {axis: known.of_word(axis, word) for axis in axes if word}
    for rows in decided.values():
        for one in rows:
            concept = scheme.get(one.mapping.concept or "")
            exactly = one.mapping.places and one.mapping.predicate_id == EXACT
            if concept and exactly and not one.mapping.subject_source:
                yield concept.code, (concept, one.mapping.record_id)
    exact = (match for match in matches if match.how in (How.CODE, How.LABEL, How.SYNONYM))
    for match in exact:
        if not decided.get(match.concept.axis) or match.how is How.CODE:
            yield match.concept.code, (match.concept, match.matched)


def _broader(
    word: str, axes: Iterable[Axis], known: KnownMappings, scheme: ConceptScheme
) -> Iterator[Candidate]:
    """What curators took the word for that says less than it, or that holds for one provider."""
    for axis in axes if word else ():
        for one in known.of_word(axis, word):
            concept = scheme.get(one.mapping.concept or "")
            if concept and not one.mapping.negative:
                yield Candidate(concept, _BROADER, match=False, matched=one.mapping.record_id)


def _candidate(match: ConceptMatch, word: str) -> Candidate:
    least, most = _SPANS[match.how]
    share = min(1.0, len(word) / max(1, len(match.matched))) if match.how is not How.ALIKE else match.likeness
    return Candidate(
        match.concept, round(least + (most - least) * share, 1), match=False, matched=match.matched
    )
