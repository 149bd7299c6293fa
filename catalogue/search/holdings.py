"""How many datasets and patients lie below each concept of an axis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalogue.model.query import FACETS
from catalogue.ports import Document, FacetFilter, FacetValue, IndexQuery, IndexReader
from ontologies.concepts import Axis, Concept, ConceptScheme


@dataclass(frozen=True, slots=True)
class Holding:
    """``patients`` sums whole datasets that are counted, ``stated`` what is stated for this very concept."""

    datasets: int = 0
    patients: int = 0
    stated: int | None = None
    stated_by: int = 0


@dataclass(frozen=True, slots=True)
class Below:
    """What lies below one concept, its children's holdings, and the largest of its datasets."""

    holding: Holding
    others: Mapping[str, Holding]
    datasets: tuple[Document, ...]


def is_counted(concept: Concept) -> bool:
    """Whether searches find datasets by it: some axes are no facet, and some concepts are no value."""
    return concept.axis.value in FACETS and not concept.hidden


def holdings(axes: Iterable[Axis], index: IndexReader) -> Mapping[tuple[Axis, str], Holding]:
    """Count for every concept of some axes but their roots, in one call; duplicates once, as searches do."""
    facets = tuple(sorted({axis.value for axis in axes}.intersection(FACETS)))
    if not facets:
        return {}
    found = index.search(IndexQuery(limit=0, facets=facets)).facets
    return {
        (Axis(name), value.code): _holding(value) for name, counts in found.items() for value in counts.values
    }


def below(concept: Concept, scheme: ConceptScheme, index: IndexReader, *, most: int) -> Below | None:
    """Count what lies below a concept, in one call; None where no search finds datasets by it."""
    if not is_counted(concept):
        return None
    facet = concept.axis.value
    wanted = (concept.code,) if concept.parents else _values_below(concept, scheme)
    query = IndexQuery(
        filters=(FacetFilter(facet=facet, wanted=wanted),), sort="-patients", limit=most, facets=(facet,)
    )
    page = index.search(query)
    others = {value.code: _holding(value) for value in page.facets[facet].values}
    total = Holding(page.total.datasets, page.total.patients)
    return Below(others.get(concept.code, total), others, tuple(hit.document for hit in page.hits))


def _values_below(root: Concept, scheme: ConceptScheme) -> tuple[str, ...]:
    """No document names the root of its axis: what lies below its children lies below it."""
    return scheme.children(root.code) or (root.code,)


def _holding(value: FacetValue) -> Holding:
    return Holding(value.datasets, value.patients, value.patients_stated, value.datasets_stated)
