"""Which document the search index holds of a dataset."""

from functools import lru_cache
from typing import Final

from catalogue.model.dataset import Dataset, Text
from catalogue.ports import Document, Evidence, Stated
from catalogue.profile.licences import licence_code, licence_label
from ontologies.analysis import analyse
from ontologies.concepts import Axis, ConceptScheme

# Raised whenever `document` makes something else of the same dataset: the index is then built anew.
DOCUMENT_VERSION: Final = "3"

# Access rights are read as they stand; the others are shown on a record's page, and nobody ticks them.
_NO_FACETS: Final = frozenset((Axis.SUBJECT, Axis.ACCESS, Axis.MORPHOLOGY, Axis.STAGING))
_CONCEPT_FACETS: Final = tuple(axis for axis in Axis if axis not in _NO_FACETS)
_SUMMARY: Final = 400
_LONGEST_TEXT: Final = 20_000
# A hit is read whole for every page that shows it.
_MOST_EVIDENCE: Final = 200
_LONGEST_RAW: Final = 200
_SHORT: Final = 100


def document(
    dataset: Dataset, *, provider: str, offered_by: tuple[str, ...] = (), scheme: ConceptScheme
) -> Document:
    """``provider`` is the source's id, ``offered_by`` are those of others that have the same dataset."""
    own = {axis.value: _shown(dataset, axis, scheme) for axis in _CONCEPT_FACETS}
    closure = {facet: _with_broader(codes, scheme) for facet, codes in own.items()}
    providers = tuple(sorted({provider, *offered_by}))
    licences = tuple(sorted({licence_code(one.licence) for one in dataset.distributions} - {""}))
    flat = {"provider": providers, "access": _access(dataset), "licence": licences}
    return Document(
        key=dataset.key,
        title=dataset.title,
        sort_title=analyse(dataset.title) or dataset.title,
        summary=_excerpt(dataset.description),
        provider=provider,
        licence=_excerpt(", ".join(licence_label(code) for code in licences)),
        modified=dataset.modified.isoformat() if dataset.modified else "",
        patients=dataset.counts.patients,
        studies=dataset.counts.studies,
        age_lowest=dataset.ages.lowest,
        age_highest=dataset.ages.highest,
        year_lowest=dataset.period.start.year if dataset.period.start else None,
        year_highest=dataset.period.end.year if dataset.period.end else None,
        counted=dataset.counts_towards_totals,
        derived=dataset.derived,
        fictional=dataset.fictional,
        stated=_stated(dataset, scheme),
        concepts={**own, **flat},
        closure={**closure, **flat},
        evidence=tuple(_evidence(dataset)),
        title_tokens=_tokens(*(text.text for text in dataset.titles), *dataset.identifiers),
        label_tokens=_tokens(*_labels(own, scheme)),
        keyword_tokens=_tokens(*_texts(dataset.keywords), *(value.raw for value in dataset.values)),
        text_tokens=_tokens(
            *_texts(dataset.descriptions), dataset.publisher.name if dataset.publisher else ""
        ),
    )


def _stated(dataset: Dataset, scheme: ConceptScheme) -> tuple[Stated, ...]:
    """One number a concept: of several spellings of a value the largest, for they may share patients."""
    largest: dict[tuple[str, str], int] = {}
    for one in dataset.stated:
        concept = scheme.get(one.concept or "")
        if concept is not None and not concept.hidden:
            place = (one.axis.value, concept.code)
            largest[place] = max(one.patients, largest.get(place, 0))
    return tuple(
        Stated(facet=facet, code=code, patients=patients)
        for (facet, code), patients in sorted(largest.items())
    )


def _shown(dataset: Dataset, axis: Axis, scheme: ConceptScheme) -> tuple[str, ...]:
    found = (scheme.get(code) for code in dataset.concepts(axis))
    return tuple(sorted({concept.code for concept in found if concept and not concept.hidden}))


def _with_broader(codes: tuple[str, ...], scheme: ConceptScheme) -> tuple[str, ...]:
    return tuple(sorted({broader for code in codes for broader in scheme.broader(code)}))


def _access(dataset: Dataset) -> tuple[str, ...]:
    """The code of the EU access-right list: PUBLIC, RESTRICTED, NON_PUBLIC."""
    code = dataset.access_rights.rstrip("/").rpartition("/")[2].upper()
    return (code,) if code in ("PUBLIC", "RESTRICTED", "NON_PUBLIC") else ()


def _evidence(dataset: Dataset) -> list[Evidence]:
    found = [
        Evidence(axis=value.axis.value, raw=value.raw[:_LONGEST_RAW], concept=value.concept)
        for value in dataset.values
        if value.concept and value.axis in _CONCEPT_FACETS
    ]
    return found[:_MOST_EVIDENCE]


def _labels(own: dict[str, tuple[str, ...]], scheme: ConceptScheme) -> list[str]:
    """Labels and synonyms of a dataset's own concepts; those of broader ones would flatten the ranking."""
    concepts = [scheme.get(code) for codes in own.values() for code in codes]
    return [text for concept in concepts if concept for text in (concept.label, *concept.synonyms)]


def _texts(texts: tuple[Text, ...]) -> list[str]:
    return [text.text for text in texts]


def _tokens(*texts: str) -> str:
    if sum(map(len, texts)) + len(texts) > _LONGEST_TEXT:
        return analyse(" ".join(texts)[:_LONGEST_TEXT])
    found = (_known_tokens(text) if len(text) <= _SHORT else analyse(text) for text in texts)
    return " ".join(filter(None, found))


@lru_cache(maxsize=8_192)
def _known_tokens(text: str) -> str:
    """Labels and keywords come again and again."""
    return analyse(text)


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    if len(flat) <= _SUMMARY:
        return flat
    start = flat[:_SUMMARY]
    return (start.rpartition(" ")[0] or start) + " …"
