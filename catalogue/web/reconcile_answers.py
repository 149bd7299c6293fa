"""What the reconciliation service tells of itself, and how it answers (Reconciliation Service API 0.2)."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalogue.errors import BadRequest
from catalogue.search.vocabulary import AXIS_LABELS
from catalogue.web.links import Links
from catalogue.web.reconciling import MOST_LETTERS, Candidate
from ontologies.concepts import Axis, Concept, ConceptScheme

MOST_ROWS: Final = 200

_MOST_PROPERTIES: Final = 50
_PREVIEW: Final = {"width": 420, "height": 180}
# What can be fetched into a table: of each concept what a sheet keeps of it, then its codes elsewhere.
_PROPERTIES: Final[Mapping[str, str]] = {
    "label": "Label",
    "axis": "Axis",
    "parents": "Nearest broader concepts",
    "synonyms": "Synonyms",
    "iri": "IRI",
}


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Named(_Answer):
    id: str
    name: str


class View(_Answer):
    url: str


class Preview(_Answer):
    url: str
    width: int
    height: int


class Service(_Answer):
    service_url: str
    service_path: str


class EntityService(Service):
    flyout_service_url: str
    flyout_service_path: str


class Suggest(_Answer):
    entity: EntityService
    type: Service
    property: Service


class Extend(_Answer):
    propose_properties: Service
    property_settings: tuple[()] = ()


class Manifest(_Answer):
    versions: tuple[str, ...]
    name: str
    identifier_space: str = Field(serialization_alias="identifierSpace")
    schema_space: str = Field(serialization_alias="schemaSpace")
    documentation: str
    service_version: str = Field(serialization_alias="serviceVersion")
    default_types: tuple[Named, ...] = Field(serialization_alias="defaultTypes")
    view: View
    preview: Preview
    suggest: Suggest
    extend: Extend


class CandidateAnswer(_Answer):
    id: str
    name: str
    description: str
    type: tuple[Named, ...]
    score: float
    match: bool


class ResultAnswer(_Answer):
    result: tuple[CandidateAnswer, ...]


class Suggestion(Named):
    description: str = ""
    notable: tuple[Named, ...] = ()


class SuggestionsAnswer(_Answer):
    result: tuple[Suggestion, ...]


class ProposalAnswer(_Answer):
    type: str
    limit: int
    properties: tuple[Named, ...]


class Flyout(_Answer):
    id: str
    html: str


class WantedProperty(BaseModel):
    id: str = Field(max_length=100)


class ExtendQuery(BaseModel):
    ids: list[Annotated[str, Field(max_length=MOST_LETTERS)]] = Field(max_length=MOST_ROWS)
    properties: list[WantedProperty] = Field(max_length=_MOST_PROPERTIES)


class ExtendAnswer(_Answer):
    """``rows`` hold texts, or concepts by id and name, of each concept by property."""

    meta: tuple[Named, ...]
    rows: dict[str, dict[str, tuple[dict[str, str], ...]]]


def manifest(links: Links, version: str) -> Manifest:
    """``version`` is the scheme's: candidates change with it."""
    home = links.absolute(links.reconcile())

    def service(path: str) -> dict[str, str]:
        return {"service_url": home, "service_path": path}

    entity = EntityService(
        **service("/suggest/entity"), flyout_service_url=home, flyout_service_path="/flyout/entity?id=${id}"
    )
    return Manifest(
        versions=("0.1", "0.2"),
        name="Cancer image catalogue: concepts",
        identifier_space=links.absolute(links.concepts()) + "/",
        schema_space=links.absolute(links.concepts()),
        documentation=links.absolute(links.about("api")),
        service_version=version,
        default_types=tuple(map(axis_named, Axis)),
        view=View(url=links.absolute(links.concepts()) + "/{{id}}"),
        preview=Preview(url=f"{home}/preview?id={{{{id}}}}", **_PREVIEW),
        suggest=Suggest(
            entity=entity,
            type=Service(**service("/suggest/type")),
            property=Service(**service("/suggest/property")),
        ),
        extend=Extend(propose_properties=Service(**service("/properties"))),
    )


def axis_named(axis: Axis) -> Named:
    return Named(id=axis.value, name=AXIS_LABELS[axis])


def result_answer(found: Iterable[Candidate], scheme: ConceptScheme) -> ResultAnswer:
    return ResultAnswer(
        result=tuple(
            CandidateAnswer(
                id=one.concept.code,
                name=one.concept.label,
                description=_described(one.concept, one.matched, scheme),
                type=(axis_named(one.concept.axis),),
                score=one.score,
                match=one.match,
            )
            for one in found
        )
    )


def suggestion(concept: Concept, matched: str, scheme: ConceptScheme) -> Suggestion:
    return Suggestion(
        id=concept.code,
        name=concept.label,
        description=_described(concept, matched, scheme),
        notable=(axis_named(concept.axis),),
    )


def properties(scheme: ConceptScheme) -> tuple[Named, ...]:
    systems = sorted({code.partition(":")[0] for concept in scheme for code in concept.notations})
    own = tuple(Named(id=id_, name=name) for id_, name in _PROPERTIES.items())
    return (*own, *(Named(id=system, name=f"{system} code") for system in systems))


def read_extend(text: str) -> ExtendQuery:
    """Raises ``BadRequest`` for what is no data extension query, and for one that is too large."""
    try:
        return ExtendQuery.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors()[0]["msg"][:200]
        raise BadRequest(f"extend is no data extension query: {fault}", parameter="extend") from error


def extend_answer(query: ExtendQuery, scheme: ConceptScheme, links: Links) -> ExtendAnswer:
    """A property or concept that there is not has no values."""
    known = {one.id: one.name for one in properties(scheme)}
    wanted = tuple(dict.fromkeys(one.id for one in query.properties))
    found = {code: scheme.find(code) for code in query.ids}
    rows = {
        code: {name: tuple(_values(concept, name, scheme, links)) for name in wanted}
        for code, concept in found.items()
    }
    return ExtendAnswer(meta=tuple(Named(id=name, name=known.get(name, name)) for name in wanted), rows=rows)


def _values(
    concept: Concept | None, name: str, scheme: ConceptScheme, links: Links
) -> Iterable[dict[str, str]]:
    if concept is None:
        return []
    if name == "parents":
        return [{"id": code, "name": scheme.label(code)} for code in concept.parents]
    start = f"{name}:"
    texts = {
        "label": (concept.label,),
        "axis": (AXIS_LABELS[concept.axis],),
        "synonyms": concept.synonyms,
        "iri": (links.public(concept.iri),),
    }.get(name, [code.removeprefix(start) for code in concept.notations if code.startswith(start)])
    return [{"str": text} for text in texts]


def _described(concept: Concept, matched: str, scheme: ConceptScheme) -> str:
    """What tells namesakes apart."""
    above = ", ".join(scheme.label(code) for code in concept.parents)
    said = [AXIS_LABELS[concept.axis], *([f"narrower than {above}"] if above else [])]
    said += [f"found by “{matched}”"] if matched not in ("", concept.label, concept.code) else []
    return "; ".join(said)
