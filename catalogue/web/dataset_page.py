"""What a dataset's page shows: facts, each value as harvested beside its concept, access, identifiers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from catalogue.model.dataset import AlignedValue, Counts, Dataset, Text
from catalogue.search.vocabulary import ACCESS_LABELS, AXIS_LABELS
from catalogue.web import texts
from catalogue.web.charts import Amount, Caption, Chart, bar_chart
from catalogue.web.hits import AXIS_STYLES, Chip, chip
from catalogue.web.links import RDF_TYPES, Links
from catalogue.web.mapping_words import justification_in_words
from catalogue.web.quality_panel import QualityView, quality_view
from catalogue.web.services import DatasetView
from ontologies.concepts import Axis, ConceptScheme

RDF_NAMES: Final = {"ttl": "Turtle", "jsonld": "JSON-LD", "rdf": "RDF/XML", "nt": "N-Triples"}

_FACT_AXES: Final = tuple(axis for axis in Axis if axis not in (Axis.SUBJECT, Axis.ACCESS))
# Few nodes state these, and none has to: their absence is not worth a word.
_SELDOM: Final = (
    *(Axis.TOPOGRAPHY, Axis.MORPHOLOGY, Axis.STAGING, Axis.USE, Axis.LINKED, Axis.SCREENING),
    Axis.CONDITION,
)
# What fits on a page that still opens at once; the downloads hold the whole record.
_MOST_ENTRIES: Final = 300
_LONGEST_TEXT: Final = 50_000
_MOST_BARS: Final = 12


@dataclass(frozen=True, slots=True)
class Number:
    value: int
    name: str


@dataclass(frozen=True, slots=True)
class Fact:
    """``unmapped`` are the provider's words on this axis that mean no concept here."""

    label: str
    chips: tuple[Chip, ...]
    unmapped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappedRow:
    """``chip`` is None for a value without a concept; ``decided`` tells a gap from a decision.

    ``made_with`` is the scheme, or the loaded release, by which it was aligned.
    """

    field: str
    value: AlignedValue
    chip: Chip | None
    label: str
    decided: bool
    basis: str
    made_with: str


@dataclass(frozen=True, slots=True)
class Download:
    name: str
    media_type: str
    link: str


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """The data of ``dataset.html``; of a ``shortened`` record it shows the beginning of each list."""

    view: DatasetView
    dataset: Dataset
    description: str
    access: str
    numbers: tuple[Number, ...]
    facts: tuple[Fact, ...]
    not_stated: tuple[str, ...]
    charts: tuple[Chart, ...]
    rows: tuple[MappedRow, ...]
    keywords: tuple[str, ...]
    downloads: tuple[Download, ...]
    permanent: str
    shortened: bool
    quality: QualityView | None

    @property
    def resolvable(self) -> str:
        """The identifier that people most likely have at hand."""
        return next(iter(self.dataset.identifiers), self.dataset.iri)

    @property
    def ages(self) -> str:
        match self.dataset.ages.lowest, self.dataset.ages.highest:
            case None, None:
                return ""
            case None, highest:
                return f"up to {highest} years"
            case lowest, None:
                return f"from {lowest} years"
            case lowest, highest:
                return f"{lowest} to {highest} years"

    @property
    def imaged(self) -> str:
        """The span of the images' years, "" where it is not stated."""
        years = (day.year for day in (self.dataset.period.start, self.dataset.period.end) if day)
        return " to ".join(dict.fromkeys(map(str, years)))


def dataset_page(view: DatasetView, links: Links, scheme: ConceptScheme) -> DatasetPage:
    dataset = _fitting(view.dataset)
    return DatasetPage(
        view=view,
        dataset=dataset,
        description=texts.plain(dataset.description),
        access=_access(dataset.access_rights),
        numbers=tuple(_numbers(dataset.counts)),
        facts=tuple(_facts(dataset, links, scheme)),
        not_stated=tuple(_not_stated(dataset)),
        charts=tuple(_charts(dataset, scheme)),
        rows=tuple(_row(value, links, scheme) for value in dataset.values),
        keywords=tuple(dict.fromkeys(keyword.text for keyword in dataset.keywords)),
        downloads=tuple(downloads(dataset.key, links)),
        permanent=links.absolute(links.dataset(dataset.key)),
        shortened=dataset != view.dataset,
        quality=quality_view(view.quality, version=view.version),
    )


def _fitting(dataset: Dataset) -> Dataset:
    return replace(
        dataset,
        descriptions=tuple(
            Text(text.text[:_LONGEST_TEXT], text.language) for text in dataset.descriptions[:_MOST_ENTRIES]
        ),
        keywords=dataset.keywords[:_MOST_ENTRIES],
        identifiers=dataset.identifiers[:_MOST_ENTRIES],
        values=dataset.values[:_MOST_ENTRIES],
        landing_pages=dataset.landing_pages[:_MOST_ENTRIES],
        distributions=dataset.distributions[:_MOST_ENTRIES],
    )


def downloads(key: str, links: Links) -> Iterator[Download]:
    for suffix, media_type in RDF_TYPES.items():
        yield Download(RDF_NAMES[suffix], media_type, links.absolute(links.dataset_as(key, suffix)))


def _access(rights: str) -> str:
    return ACCESS_LABELS.get(rights.rstrip("/").rpartition("/")[2], rights)


def _numbers(counts: Counts) -> Iterator[Number]:
    for value, one, many in (
        (counts.patients, "patient", "patients"),
        (counts.studies, "imaging study", "imaging studies"),
        (counts.series, "series", "series"),
        (counts.images, "image", "images"),
    ):
        if value is not None:
            yield Number(value, one if value == 1 else many)


def _facts(dataset: Dataset, links: Links, scheme: ConceptScheme) -> Iterator[Fact]:
    for axis in _FACT_AXES:
        stated = [value for value in dataset.values if value.axis is axis]
        if stated:
            yield Fact(
                label=AXIS_LABELS[axis],
                chips=tuple(
                    chip(axis, code, links, scheme)
                    for code in dataset.concepts(axis)
                    if not _is_hidden(code, scheme)
                ),
                unmapped=tuple(dict.fromkeys(value.raw for value in stated if value.concept is None)),
            )


def _charts(dataset: Dataset, scheme: ConceptScheme) -> Iterator[Chart]:
    """What the provider states per value, one chart an axis."""
    for axis in _FACT_AXES:
        largest = _largest(axis, dataset, scheme)
        if largest:
            name = AXIS_LABELS[axis]
            caption = Caption(
                title=f"Patients by {name.lower()}",
                note="As the provider counts them; one patient may stand in several rows.",
                heading=name,
                unit="Patients",
            )
            ranked = sorted(largest.items(), key=lambda one: (-one[1], one[0]))[:_MOST_BARS]
            amounts = (Amount(label, patients) for label, patients in ranked)
            yield bar_chart(amounts, caption, style=AXIS_STYLES[axis])


def _largest(axis: Axis, dataset: Dataset, scheme: ConceptScheme) -> Mapping[str, int]:
    """One number a label: spellings of one concept may share patients. What means no concept is left out."""
    decided = {
        one.raw for one in dataset.values if one.axis is axis and one.justification and not one.concept
    }
    largest: dict[str, int] = {}
    for one in dataset.stated:
        if one.axis is axis and (one.concept or one.raw not in decided):
            label = scheme.label(one.concept) if one.concept else one.raw
            largest[label] = max(one.patients, largest.get(label, 0))
    return largest


def _not_stated(dataset: Dataset) -> Iterator[str]:
    for axis in _FACT_AXES:
        if axis not in _SELDOM and not any(value.axis is axis for value in dataset.values):
            yield AXIS_LABELS[axis].lower()
    if dataset.ages.lowest is dataset.ages.highest is None:
        yield "age"
    for value, name in (
        (dataset.counts.patients, "number of patients"),
        (dataset.counts.studies, "number of studies"),
    ):
        if value is None:
            yield name


def _row(value: AlignedValue, links: Links, scheme: ConceptScheme) -> MappedRow:
    facet = value.concept and value.axis in AXIS_STYLES and not _is_hidden(value.concept, scheme)
    return MappedRow(
        field=AXIS_LABELS[value.axis],
        value=value,
        chip=chip(value.axis, value.concept, links, scheme) if value.concept and facet else None,
        label=scheme.label(value.concept) if value.concept else "",
        decided=bool(value.justification),
        basis=justification_in_words(value.justification),
        made_with=f"scheme {value.scheme}" if value.scheme[:1].isdigit() else value.scheme,
    )


def _is_hidden(code: str, scheme: ConceptScheme) -> bool:
    concept = scheme.get(code)
    return concept is not None and concept.hidden
