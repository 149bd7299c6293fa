"""What a concept's page shows: names and codes, where it stands, what lies below, which words mean it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.model.query import MISSING, SearchQuery, Selection
from catalogue.ports import Document
from catalogue.publishing.mappings import KnownMapping, KnownMappings
from catalogue.search.holdings import Below, Holding, below, is_counted
from catalogue.search.vocabulary import AXIS_LABELS
from catalogue.web.dataset_page import RDF_NAMES, Download
from catalogue.web.links import RDF_TYPES, Links
from catalogue.web.mapping_words import justification_in_words, predicate_in_words
from catalogue.web.services import WebServices
from ontologies.concepts import Concept, ConceptScheme, Label
from ontologies.own_scheme import Credit, credit

LANGUAGES: Final[Mapping[str, str]] = {"es": "Spanish", "ca": "Catalan", "fr": "French", "de": "German"}

# Systems whose codes have a page that anybody may read.
_OBO: Final = "https://purl.obolibrary.org/obo/"
_CODE_PAGES: Final[Mapping[str, str]] = {
    system: f"{_OBO}{system}_" for system in ("NCIT", "DOID", "MONDO", "UBERON", "DUO", "NCBITaxon")
}
_DATASETS: Final = 10
# A concept of many parents has more ways up than anybody reads.
_MOST_PATHS: Final = 8
_MOST_MAPPINGS: Final = 200


@dataclass(frozen=True, slots=True)
class Names:
    """What the concept is called in one language; ``tongue`` is the language in English."""

    language: str
    tongue: str
    preferred: tuple[str, ...]
    synonyms: tuple[str, ...]
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Code:
    system: str
    code: str
    link: str


@dataclass(frozen=True, slots=True)
class Step:
    """A concept in the tree; ``holding`` is None where nothing is counted."""

    code: str
    label: str
    link: str
    holding: Holding | None = None
    children: int = 0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A provider's word that a mapping took for this concept."""

    known: KnownMapping
    relation: str
    reason: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ConceptPage:
    """The data of ``concept.html``; ``holding`` is None for what no search finds datasets by."""

    concept: Concept
    axis: str
    marks: tuple[str, ...]
    names: tuple[Names, ...]
    codes: tuple[Code, ...]
    equals: tuple[str, ...]
    paths: tuple[tuple[Step, ...], ...]
    children: tuple[Step, ...]
    holding: Holding | None
    datasets: tuple[Document, ...]
    search: str
    words: tuple[Word, ...]
    more_words: int
    version: str
    credit: Credit
    iri: str
    downloads: tuple[Download, ...]


def concept_page(concept: Concept, found: WebServices, links: Links) -> ConceptPage:
    scheme = found.scheme
    inside = below(concept, scheme, found.index, most=_DATASETS)
    words = tuple(_words(concept, found.mappings()))
    return ConceptPage(
        concept=concept,
        axis=AXIS_LABELS[concept.axis],
        marks=tuple(_marks(concept)),
        names=names_of(concept),
        codes=tuple(map(code_link, concept.notations)),
        equals=concept.same_as,
        paths=paths_to(concept, scheme, links),
        children=tuple(children_of(concept, scheme, links, inside)),
        holding=inside.holding if inside else None,
        datasets=inside.datasets if inside else (),
        search=search_link(concept, links),
        words=words[:_MOST_MAPPINGS],
        more_words=len(words) - len(words[:_MOST_MAPPINGS]),
        version=scheme.version,
        credit=credit(concept.axis),
        iri=links.public(concept.iri),
        downloads=tuple(
            Download(RDF_NAMES[suffix], media_type, links.absolute(links.concept_as(concept.code, suffix)))
            for suffix, media_type in RDF_TYPES.items()
        ),
    )


def search_link(concept: Concept, links: Links) -> str:
    """The search for its datasets, "" where there is none. No document names the root of its axis."""
    if not is_counted(concept):
        return ""
    axis = concept.axis.value
    if concept.parents:
        return links.search_for(axis, concept.code)
    return links.search(SearchQuery(facets={axis: Selection(excluded=(MISSING,))}))


def names_of(concept: Concept) -> tuple[Names, ...]:
    """By language, in the order in which they are known."""
    spoken: dict[tuple[str, bool], list[Label]] = {}
    for label in concept.labels:
        spoken.setdefault((label.language, label.reviewed), []).append(label)
    return tuple(
        Names(
            language,
            LANGUAGES.get(language, language),
            tuple(label.text for label in labels if label.preferred),
            tuple(label.text for label in labels if not label.preferred),
            reviewed,
        )
        for (language, reviewed), labels in spoken.items()
    )


def code_link(notation: str) -> Code:
    system, _, code = notation.partition(":")
    start = _CODE_PAGES.get(system)
    return Code(system, code, start + code if start else "")


def paths_to(concept: Concept, scheme: ConceptScheme, links: Links) -> tuple[tuple[Step, ...], ...]:
    """The ways from the root down to the nearest broader concepts, at most ``_MOST_PATHS``."""
    found: list[tuple[Step, ...]] = []

    def climb(code: str, path: tuple[Step, ...]) -> None:
        above = scheme.get(code)
        if above is None or len(found) == _MOST_PATHS:
            return
        longer = (Step(above.code, above.label, links.concept(above.code)), *path)
        for parent in above.parents:
            climb(parent, longer)
        if not above.parents:
            found.append(longer)

    for parent in concept.parents:
        climb(parent, ())
    return tuple(found)


def children_of(
    concept: Concept, scheme: ConceptScheme, links: Links, inside: Below | None
) -> Iterator[Step]:
    """By datasets, then by label."""
    others = inside.others if inside else {}
    known = (scheme.get(code) for code in scheme.children(concept.code))
    steps = [_child(child, scheme, links, _held(child, others)) for child in known if child]
    return iter(sorted(steps, key=lambda one: (-(one.holding or Holding()).datasets, one.label.casefold())))


def _held(child: Concept, others: Mapping[str, Holding]) -> Holding | None:
    return others.get(child.code, Holding()) if is_counted(child) else None


def _child(child: Concept, scheme: ConceptScheme, links: Links, holding: Holding | None) -> Step:
    narrower = len(scheme.narrower(child.code)) - 1
    mark = next(_marks(child), "")
    return Step(child.code, child.label, links.concept(child.code), holding, narrower, mark)


def _marks(concept: Concept) -> Iterator[str]:
    if concept.hidden:
        yield "no value of a filter"
    if concept.grouping:
        yield "searched by, not browsed by"
    if concept.histology:
        yield "tissue type"


def _words(concept: Concept, known: KnownMappings) -> Iterator[Word]:
    for one in known.to_concept(concept.code):
        yield Word(
            one,
            predicate_in_words(one.mapping),
            justification_in_words(one.mapping.mapping_justification),
            anchor=f"mapping-{one.mapping.record_id}",
        )
