"""What the REST API says of mappings: who took which word for which concept, and why."""

from collections.abc import Mapping as MappingOf
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from catalogue.errors import BadRequest, NotFound
from catalogue.ledger.vocabulary_rows import MappingState
from catalogue.publishing.mappings import KnownMapping, KnownMappings
from catalogue.web.concepts_page import asked_axis, asked_words
from catalogue.web.links import Links
from catalogue.web.paging import page_number
from catalogue.web.services import WebServices
from ontologies.aligner.curated import stands
from ontologies.concepts import ConceptScheme
from ontologies.mappings import MappingSet, load_mappings, write_mappings

_SIZE: Final = 100


class MappingAnswer(BaseModel):
    """``acts`` says whether values align by it at present; ``own`` comes with the software.

    ``concept`` is null for a word that means none on purpose. ``decided`` is null where nobody of this
    instance decided anything.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    word: str
    axis: str
    source: str
    predicate: str
    negative: bool
    concept: str | None
    object: str
    object_label: str
    justification: str
    comment: str
    state: str
    acts: bool
    own: bool
    author: str
    day: date | None
    why: str
    decided: datetime | None
    links: dict[str, str]


class MappingsAnswer(BaseModel):
    model_config = ConfigDict(frozen=True)

    total: int
    page: int
    pages: int
    mappings: tuple[MappingAnswer, ...]


def mappings_answer(given: MappingOf[str, str], services: WebServices, links: Links) -> MappingsAnswer:
    """Raises ``NotFound`` for an id that no mapping has."""
    number = page_number(given)
    found = asked_mappings(given, services.mappings())
    shown = found[(number - 1) * _SIZE : number * _SIZE]
    return MappingsAnswer(
        total=len(found),
        page=number,
        pages=-(-len(found) // _SIZE),
        mappings=tuple(mapping_answer(one, services.scheme, links) for one in shown),
    )


def asked_mappings(given: MappingOf[str, str], known: KnownMappings) -> tuple[KnownMapping, ...]:
    if record_id := given.get("id"):
        one = known.by_id.get(record_id)
        if one is None:
            raise NotFound(f"there is no mapping {record_id[:200]!r}")
        return (one,)
    return known.found(axis=asked_axis(given), state=_state(given), word=asked_words(given))


def mappings_file(given: MappingOf[str, str], services: WebServices, links: Links) -> str:
    """The accepted ones as SSSOM/TSV, in canonical form: the same mappings give the same bytes."""
    own = load_mappings()
    chosen = asked_mappings({**given, "state": MappingState.ACCEPTED}, services.mappings())
    rows = tuple(one.mapping for one in chosen if one.acts and stands(one.mapping, services.scheme))
    return write_mappings(MappingSet(links.absolute(links.api_mappings()), own.version, own.licence, rows))


def mapping_answer(known: KnownMapping, scheme: ConceptScheme, links: Links) -> MappingAnswer:
    row = known.mapping
    ways = {"self": links.absolute(links.api_mappings(id=row.record_id))}
    if row.concept:
        ways["concept"] = links.absolute(links.concept(row.concept))
    return MappingAnswer(
        id=row.record_id,
        word=row.word,
        axis=row.subject_category.value,
        source=row.subject_source,
        predicate=row.predicate_id,
        negative=row.negative,
        concept=row.concept,
        object=row.object_id,
        object_label=row.object_label,
        justification=row.mapping_justification,
        comment=row.comment,
        state=known.state.value,
        acts=known.acts and stands(row, scheme),
        own=known.own,
        author=known.author,
        day=known.day,
        why=known.why,
        decided=known.at,
        links=ways,
    )


def _state(given: MappingOf[str, str]) -> MappingState | None:
    name = given.get("state", "")
    if name and name not in set(MappingState):
        raise BadRequest(
            f"there is no state {name[:60]!r}; there are {', '.join(MappingState)}", parameter="state"
        )
    return MappingState(name) if name else None
