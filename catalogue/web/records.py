"""What the REST API says of a dataset and of a provider."""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from catalogue.model.dataset import Agent, AlignedValue
from catalogue.web.links import Links
from catalogue.web.services import DatasetView, OfferView, ProviderView
from catalogue.web.texts import short
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


class StatedAnswer(_Answer):
    """What the provider states for one value of an axis."""

    axis: str
    raw: str
    concept: str | None
    patients: int
    studies: int | None


class PeriodAnswer(_Answer):
    start: date | None
    end: date | None


class AgentAnswer(_Answer):
    name: str
    iri: str
    email: str
    page: str


class OfferAnswer(_Answer):
    """Another provider's record of the same dataset."""

    key: str
    provider: str
    links: dict[str, str]


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
    fictional: bool
    links: dict[str, str]


class ProvidersAnswer(_Answer):
    providers: tuple[ProviderAnswer, ...]


class DatasetAnswer(_Answer):
    """``duplicate_of`` is the key of the record that searches and totals take instead, null for itself."""

    key: str
    iri: str
    title: str
    titles: tuple[TextAnswer, ...]
    descriptions: tuple[TextAnswer, ...]
    keywords: tuple[TextAnswer, ...]
    identifiers: tuple[str, ...]
    values: tuple[ValueAnswer, ...]
    counts: CountsAnswer
    stated: tuple[StatedAnswer, ...]
    counts_towards_totals: bool
    derived: bool
    fictional: bool
    duplicate_of: str | None
    also: tuple[OfferAnswer, ...]
    ages: AgesAnswer
    period: PeriodAnswer
    publisher: AgentAnswer | None
    custodian: AgentAnswer | None
    hdab: AgentAnswer | None
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
        stated=tuple(StatedAnswer.model_validate(one) for one in dataset.stated),
        counts_towards_totals=dataset.counts_towards_totals,
        derived=dataset.derived,
        fictional=dataset.fictional,
        duplicate_of=view.duplicate_of or None,
        also=tuple(_offer(offer, links) for offer in view.offers),
        ages=AgesAnswer.model_validate(dataset.ages),
        period=PeriodAnswer.model_validate(dataset.period),
        publisher=_agent(dataset.publisher),
        custodian=_agent(dataset.custodian),
        hdab=_agent(dataset.hdab),
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
    return ProvidersAnswer(providers=tuple(provider_answer(provider, links) for provider in providers))


def provider_answer(provider: ProviderView, links: Links) -> ProviderAnswer:
    return ProviderAnswer(
        id=provider.id,
        title=provider.title,
        url=provider.url,
        datasets=provider.datasets,
        last_success=provider.last_success,
        last_run_state=provider.last_run_state,
        message=short(provider.message),
        fictional=provider.fictional,
        links={
            "self": links.absolute(links.provider(provider.id)),
            "api": links.absolute(links.api_provider(provider.id)),
            "runs": links.absolute(links.api_runs(source=provider.id)),
        },
    )


def _offer(offer: OfferView, links: Links) -> OfferAnswer:
    return OfferAnswer(key=offer.key, provider=offer.provider.id, links=links.of_dataset(offer.key))


def _agent(agent: Agent | None) -> AgentAnswer | None:
    return AgentAnswer.model_validate(agent) if agent else None


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
