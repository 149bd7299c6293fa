"""What ``GET /api/v1/search`` answers: a page of search as JSON."""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field

from catalogue.search.page import Found, SearchPage


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class SelectionAnswer(_Answer):
    values: tuple[str, ...]
    op: str
    excluded: tuple[str, ...] = Field(serialization_alias="not")


class SpanAnswer(_Answer):
    least: int | None = Field(serialization_alias="min")
    most: int | None = Field(serialization_alias="max")


class QueryAnswer(_Answer):
    """The search as it was understood."""

    q: str
    page: int
    size: int
    sort: str
    expand: bool
    words: tuple[str, ...]
    facets: dict[str, SelectionAnswer]
    ranges: dict[str, SpanAnswer]


class InterpretationAnswer(_Answer):
    text: str
    axis: str
    concept: str
    label: str
    narrower: int
    matched: str


class TotalAnswer(_Answer):
    datasets: int
    patients: int
    patients_unknown: int
    studies: int


class ValueAnswer(_Answer):
    """``patients`` sums whole datasets, ``patients_stated`` what providers state for this value."""

    code: str = Field(serialization_alias="value")
    label: str
    parent: str | None
    datasets: int
    patients: int
    patients_stated: int | None
    datasets_stated: int


class FacetAnswer(_Answer):
    values: tuple[ValueAnswer, ...]
    missing: int


class BarAnswer(_Answer):
    start: int = Field(serialization_alias="from")
    end: int | None = Field(serialization_alias="to")
    datasets: int


class RangeAnswer(_Answer):
    least: int | None = Field(serialization_alias="min")
    most: int | None = Field(serialization_alias="max")
    histogram: tuple[BarAnswer, ...]


class HitAnswer(_Answer):
    """``counted`` is false where ``total`` leaves the patients out: animals, invented, or counted already."""

    key: str
    title: str
    provider: str
    patients: int | None
    counted: bool
    score: float
    why: tuple[str, ...]
    links: dict[str, str]


class PageAnswer(_Answer):
    number: int
    size: int
    pages: int
    next_cursor: str | None


class SearchAnswer(_Answer):
    """Written with ``model_dump_json(by_alias=True)``."""

    query: QueryAnswer
    interpretation: tuple[InterpretationAnswer, ...]
    notices: tuple[str, ...]
    total: TotalAnswer
    facets: dict[str, FacetAnswer]
    ranges: dict[str, RangeAnswer]
    hits: tuple[HitAnswer, ...]
    page: PageAnswer


def render(page: SearchPage, links: Callable[[str], dict[str, str]]) -> SearchAnswer:
    """``links`` gives the addresses of a dataset by its key."""
    return SearchAnswer(
        query=QueryAnswer.model_validate(page.query),
        interpretation=tuple(InterpretationAnswer.model_validate(one) for one in page.interpretation),
        notices=page.notices,
        total=TotalAnswer.model_validate(page.total),
        facets={name: FacetAnswer.model_validate(facet) for name, facet in page.facets.items()},
        ranges={name: RangeAnswer.model_validate(numbers) for name, numbers in page.ranges.items()},
        hits=tuple(_hit(found, links) for found in page.hits),
        page=PageAnswer.model_validate(page.place),
    )


def _hit(found: Found, links: Callable[[str], dict[str, str]]) -> HitAnswer:
    document = found.document
    return HitAnswer(
        key=document.key,
        title=document.title,
        provider=document.provider,
        patients=document.patients,
        counted=document.counted,
        score=round(found.score, 5),
        why=tuple(str(reason) for reason in found.why),
        links=links(document.key),
    )
