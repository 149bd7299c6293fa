"""What the REST API says of concepts: those that words find, and each by its code."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from catalogue.errors import BadRequest
from catalogue.search.concepts import ConceptMatch, concept_finder
from catalogue.search.holdings import Holding, holdings, is_counted
from catalogue.web.concept_page import ConceptPage, concept_page
from catalogue.web.concepts_page import asked_axis, asked_words
from catalogue.web.links import Links
from catalogue.web.mapping_answers import MappingAnswer, mapping_answer
from catalogue.web.paging import page_number
from catalogue.web.services import WebServices
from ontologies.concepts import Axis, Concept, ConceptScheme

_USUAL: Final = 20
_MOST: Final = 100


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class NamedAnswer(_Answer):
    code: str
    label: str


class ConceptAnswer(_Answer):
    """``datasets`` and ``patients`` are those of it and all narrower ones, null where none is counted."""

    code: str
    iri: str
    axis: str
    label: str
    parents: tuple[NamedAnswer, ...]
    datasets: int | None
    patients: int | None
    links: dict[str, str]


class MatchAnswer(ConceptAnswer):
    """``matched`` is the code or name that the words found, ``how`` the way, ``language`` the name's."""

    matched: str
    how: str
    language: str


class ConceptsAnswer(_Answer):
    total: int
    page: int
    pages: int
    scheme: str
    concepts: tuple[MatchAnswer, ...]


class LabelAnswer(_Answer):
    text: str
    language: str
    preferred: bool
    reviewed: bool


class ChildAnswer(NamedAnswer):
    datasets: int | None
    patients: int | None


class CreditAnswer(_Answer):
    title: str
    note: str
    source: str
    licence: str


class ConceptDetailAnswer(ConceptAnswer):
    """``patients_stated`` is what providers state for this very concept; ``mappings`` are those in force."""

    synonyms: tuple[str, ...]
    related: tuple[str, ...]
    labels: tuple[LabelAnswer, ...]
    notations: tuple[str, ...]
    same_as: tuple[str, ...]
    broader: tuple[NamedAnswer, ...]
    children: tuple[ChildAnswer, ...]
    hidden: bool
    grouping: bool
    patients_stated: int | None
    mappings: tuple[MappingAnswer, ...]
    scheme: str
    release: str
    credit: CreditAnswer


def concepts_answer(given: Mapping[str, str], found: WebServices, links: Links) -> ConceptsAnswer:
    axis, words, number, size = asked_axis(given), asked_words(given), page_number(given), _limit(given)
    matches = concept_finder(found.scheme).find(words, axis=axis)
    shown = matches[(number - 1) * size : number * size]
    held = holdings({match.concept.axis for match in shown}, found.index)
    return ConceptsAnswer(
        total=len(matches),
        page=number,
        pages=-(-len(matches) // size),
        scheme=found.scheme.version,
        concepts=tuple(_match(match, held, found.scheme, links) for match in shown),
    )


def concept_detail_answer(concept: Concept, found: WebServices, links: Links) -> ConceptDetailAnswer:
    page, scheme = concept_page(concept, found, links), found.scheme
    above = (code for code in scheme.broader(concept.code) if code != concept.code)
    return ConceptDetailAnswer(
        **_said(concept, page.holding, scheme, links).model_dump(),
        synonyms=concept.synonyms,
        related=concept.related,
        labels=tuple(LabelAnswer.model_validate(label) for label in concept.labels),
        notations=concept.notations,
        same_as=concept.same_as,
        broader=tuple(NamedAnswer(code=code, label=scheme.label(code)) for code in above),
        children=tuple(_children(page)),
        hidden=concept.hidden,
        grouping=concept.grouping,
        patients_stated=page.holding.stated if page.holding else None,
        mappings=tuple(mapping_answer(word.known, scheme, links) for word in page.words),
        scheme=scheme.version,
        release=concept.release,
        credit=CreditAnswer.model_validate(page.credit),
    )


def _children(page: ConceptPage) -> list[ChildAnswer]:
    return [
        ChildAnswer(
            code=child.code,
            label=child.label,
            datasets=child.holding.datasets if child.holding else None,
            patients=child.holding.patients if child.holding else None,
        )
        for child in page.children
    ]


def _match(
    match: ConceptMatch, held: Mapping[tuple[Axis, str], Holding], scheme: ConceptScheme, links: Links
) -> MatchAnswer:
    concept = match.concept
    counted = is_counted(concept) and concept.parents
    holding = held.get((concept.axis, concept.code), Holding()) if counted else None
    return MatchAnswer(
        **_said(concept, holding, scheme, links).model_dump(),
        matched=match.matched,
        how=match.how.value,
        language=match.language,
    )


def _said(concept: Concept, holding: Holding | None, scheme: ConceptScheme, links: Links) -> ConceptAnswer:
    return ConceptAnswer(
        code=concept.code,
        iri=links.public(concept.iri),
        axis=concept.axis.value,
        label=concept.label,
        parents=tuple(NamedAnswer(code=code, label=scheme.label(code)) for code in concept.parents),
        datasets=holding.datasets if holding else None,
        patients=holding.patients if holding else None,
        links=links.of_concept(concept.code),
    )


def _limit(given: Mapping[str, str]) -> int:
    """Raises ``BadRequest`` for what is no whole number from 1 to ``_MOST``."""
    text = given.get("limit", "") or str(_USUAL)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) and 1 <= int(text) <= _MOST):
        raise BadRequest(
            f"limit is {text[:60]!r}; a whole number from 1 to {_MOST} is wanted", parameter="limit"
        )
    return int(text)
