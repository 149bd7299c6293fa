"""What the REST API says of a dataset and of a provider."""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from catalogue.model.dataset import AlignedValue
from catalogue.web.links import Links
from catalogue.web.services import DatasetView, ProviderView
from ontologies.concepts import ConceptScheme


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class TextAnswer(_Answer):
    text: str
    language: str


class ValueAnswer(_Answer):
    """A value as harvested, beside the concept it means and the reason."""

    axis: str
    raw: str
    concept: str | None
    label: str | None
    iri: str | None
    justification: str
    rule: str
    property: str
    scheme: str
    mapping: str


class CountsAnswer(_Answer):
    patients: int | None
    studies: int | None
    series: int | None
    images: int | None


class AgesAnswer(_Answer):
    lowest: int | None
    highest: int | None


class AgentAnswer(_Answer):
    name: str
    iri: str


class DistributionAnswer(_Answer):
    title: str
    access_url: str
    licence: str
    media_type: str
    rights: tuple[str, ...]
    byte_size: int | None
    citation: str


class ProviderAnswer(_Answer):
    id: str
    title: str
    url: str
    datasets: int
    last_success: datetime | None
    last_run_state: str
    message: str
    links: dict[str, str]


class ProvidersAnswer(_Answer):
    providers: tuple[ProviderAnswer, ...]


class DatasetAnswer(_Answer):
    key: str
    iri: str
    title: str
    titles: tuple[TextAnswer, ...]
    descriptions: tuple[TextAnswer, ...]
    keywords: tuple[TextAnswer, ...]
    identifiers: tuple[str, ...]
    values: tuple[ValueAnswer, ...]
    counts: CountsAnswer
    counts_towards_totals: bool
    ages: AgesAnswer
    publisher: AgentAnswer | None
    access_rights: str
    landing_pages: tuple[str, ...]
    distributions: tuple[DistributionAnswer, ...]
    languages: tuple[str, ...]
    issued: date | None
    modified: date | None
    version: str
    provider: str
    first_seen: datetime
    last_seen: datetime
    datestamp: datetime
    record_version: int
    links: dict[str, str]


def dataset_answer(view: DatasetView, links: Links, scheme: ConceptScheme) -> DatasetAnswer:
    dataset = view.dataset
    return DatasetAnswer(
        key=dataset.key,
        iri=dataset.iri,
        title=dataset.title,
        titles=tuple(TextAnswer.model_validate(text) for text in dataset.titles),
        descriptions=tuple(TextAnswer.model_validate(text) for text in dataset.descriptions),
        keywords=tuple(TextAnswer.model_validate(text) for text in dataset.keywords),
        identifiers=dataset.identifiers,
        values=tuple(_value(value, links, scheme) for value in dataset.values),
        counts=CountsAnswer.model_validate(dataset.counts),
        counts_towards_totals=dataset.counts_towards_totals,
        ages=AgesAnswer.model_validate(dataset.ages),
        publisher=AgentAnswer.model_validate(dataset.publisher) if dataset.publisher else None,
        access_rights=dataset.access_rights,
        landing_pages=dataset.landing_pages,
        distributions=tuple(DistributionAnswer.model_validate(one) for one in dataset.distributions),
        languages=dataset.languages,
        issued=dataset.issued,
        modified=dataset.modified,
        version=dataset.version,
        provider=view.provider.id,
        first_seen=view.first_seen,
        last_seen=view.last_seen,
        datestamp=view.datestamp,
        record_version=view.version,
        links=links.of_dataset(dataset.key),
    )


def providers_answer(providers: Iterable[ProviderView], links: Links) -> ProvidersAnswer:
    return ProvidersAnswer(providers=tuple(_provider(provider, links) for provider in providers))


def _provider(provider: ProviderView, links: Links) -> ProviderAnswer:
    return ProviderAnswer(
        id=provider.id,
        title=provider.title,
        url=provider.url,
        datasets=provider.datasets,
        last_success=provider.last_success,
        last_run_state=provider.last_run_state,
        message=provider.message,
        links={"self": links.absolute(links.provider(provider.id))},
    )


def _value(value: AlignedValue, links: Links, scheme: ConceptScheme) -> ValueAnswer:
    concept = scheme.get(value.concept) if value.concept else None
    return ValueAnswer(
        axis=value.axis,
        raw=value.raw,
        concept=value.concept,
        label=concept.label if concept else None,
        iri=links.public(concept.iri) if concept else None,
        justification=value.justification,
        rule=value.rule,
        property=value.property,
        scheme=value.scheme,
        mapping=value.mapping,
    )
