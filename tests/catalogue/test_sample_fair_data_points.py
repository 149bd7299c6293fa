"""Whether the FAIR Data Points lead from root to distribution, and say what was measured."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pyoxigraph
import pytest

from catalogue.sample.documents import Document
from catalogue.sample.facts import Collection, collections, sex_codes, stated
from catalogue.sample.fair_data_point import FairDataPoint
from catalogue.sample.nodes import NODES

ADDRESS = "http://127.0.0.1:8901"
CIMG = "urn:catalogue:terms#"
DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
EUCAIM = "https://cancerimage.eu/ontology/EUCAIM#"
HEALTH = "http://healthdataportal.eu/ns/health#"
LDP = "http://www.w3.org/ns/ldp#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
POINTS = {spec.id: spec for spec in NODES if isinstance(spec, FairDataPoint)}

every_point = pytest.mark.parametrize("point", POINTS.values(), ids=lambda point: point.id)


def by_place(point: FairDataPoint) -> dict[tuple[str, str], Document]:
    return {(item.path, page): item for item in point.documents(ADDRESS) for page in item.pages}


def triples(document: Document) -> list[pyoxigraph.Triple]:
    parsed = pyoxigraph.parse(document.body, format=pyoxigraph.RdfFormat.TURTLE, rename_blank_nodes=True)
    return [quad.triple for quad in parsed]


def values(found: list[pyoxigraph.Triple], predicate: str) -> list[str]:
    terms = (triple.object for triple in found if triple.predicate.value == predicate)
    return [term.value for term in terms if isinstance(term, pyoxigraph.NamedNode | pyoxigraph.Literal)]


def pages(documents: dict[tuple[str, str], Document], path: str) -> Iterator[Document]:
    """The document at a path, and those that the heads lead on to."""
    following: tuple[str, str] | None = (path, "")
    while following is not None:
        document = documents[following]
        yield document
        link = dict(document.answer.links).get("next", "")
        place, _, query = link.removeprefix(ADDRESS).partition("?page=")
        following = (place, query.partition("&")[0]) if link else None


def walk(point: FairDataPoint) -> Iterator[list[pyoxigraph.Triple]]:
    """Each dataset's statements with those of its distributions, reached by containers alone."""
    documents = by_place(point)
    for catalogue in values(triples(documents[point.path, ""]), f"{LDP}contains"):
        for page in pages(documents, catalogue.removeprefix(ADDRESS)):
            for child in values(triples(page), f"{LDP}contains"):
                found = triples(documents[child.removeprefix(ADDRESS), ""])
                for part in values(found, f"{DCAT}distribution"):
                    found += triples(documents[part.removeprefix(ADDRESS), ""])
                yield found


def offered(point: FairDataPoint) -> tuple[Collection, ...]:
    return tuple(item for shelf in point.shelves for item in shelf.selection.of(collections()))


@every_point
def test_containers_lead_to_every_dataset_once(point: FairDataPoint) -> None:
    names = Counter(
        triple.subject.value.rsplit("/", 1)[1]
        for found in walk(point)
        for triple in found
        if triple.predicate.value == f"{DCT}title"
        and isinstance(triple.subject, pyoxigraph.NamedNode)
        and "/dataset/" in triple.subject.value
    )
    assert names == Counter(item.id for item in offered(point))


@every_point
def test_every_origin_is_a_document_of_its_own(point: FairDataPoint) -> None:
    told = Counter(url for found in walk(point) for url in values(found, f"{DCAT}accessURL"))
    assert told == Counter(origin.url for item in offered(point) for origin in item.origins)


@every_point
def test_every_dataset_bears_its_doi(point: FairDataPoint) -> None:
    told = {name for found in walk(point) for name in values(found, f"{SKOS}notation")}
    assert told >= {
        origin.doi for item in offered(point) for origin in item.origins if origin.kind == "original"
    }


@every_point
def test_every_part_names_its_parent(point: FairDataPoint) -> None:
    documents = by_place(point)
    for (path, _), document in documents.items():
        if path != point.path:
            parents = values(triples(document), f"{DCT}isPartOf")
            assert {(parent.removeprefix(ADDRESS), "") for parent in parents} <= set(documents)
            assert parents


@every_point
def test_equal_facts_give_equal_bytes(point: FairDataPoint) -> None:
    assert point.documents(ADDRESS) == point.documents(ADDRESS)


def test_a_long_container_goes_on_at_the_next_page() -> None:
    found = list(pages(by_place(POINTS["fdp"]), "/fdp/catalog/qin"))
    listed = [len(values(triples(page), f"{LDP}contains")) for page in found]
    assert listed == [4, 4, 1]
    assert [sorted(dict(page.answer.links)) for page in found] == [["next"], ["next", "prev"], ["prev"]]


def test_the_first_page_can_be_asked_for_by_its_number() -> None:
    documents = by_place(POINTS["fdp"])
    first = triples(documents["/fdp/catalog/qin/page/dataset", "0"])
    assert len(values(first, f"{LDP}contains")) == 4


def test_a_draft_is_listed_and_not_there() -> None:
    documents = by_place(POINTS["fdp"])
    listed = values(triples(documents["/fdp/dataset/rider_pilot", ""]), f"{LDP}contains")
    absent = [iri for iri in listed if (iri.removeprefix(ADDRESS), "") not in documents]
    assert absent == [f"{ADDRESS}/fdp/distribution/rider_pilot-draft"]


def test_documents_say_when_their_collection_last_changed() -> None:
    documents = by_place(POINTS["fdp"])
    for item in offered(POINTS["fdp"]):
        assert documents[f"/fdp/dataset/{item.id}", ""].answer.modified == item.updated


def of(name: str) -> list[pyoxigraph.Triple]:
    return triples(by_place(POINTS["eucaim"])[f"/eucaim/dataset/{name}", ""])


@pytest.mark.parametrize("item", offered(POINTS["eucaim"]), ids=lambda item: item.id)
def test_the_eucaim_record_states_all_numbers(item: Collection) -> None:
    found = of(item.id)
    assert values(found, f"{HEALTH}numberOfUniqueIndividuals") == [str(item.patients)]
    assert values(found, f"{HEALTH}numberOfRecords") == [str(item.studies)]
    assert values(found, f"{CIMG}numberOfSeries") == [str(item.series)]
    assert values(found, f"{CIMG}numberOfImages") == [str(item.instances)]
    youngest = [] if item.ages.youngest is None else [str(item.ages.youngest)]
    assert values(found, f"{HEALTH}minTypicalAge") == youngest


@pytest.mark.parametrize("item", offered(POINTS["eucaim"]), ids=lambda item: item.id)
def test_the_eucaim_record_counts_by_each_measured_value(item: Collection) -> None:
    counted = Counter(values(of(item.id), f"{CIMG}dimension"))
    assert counted["modality"] == len(stated(item.modalities))
    assert counted["bodypart"] == len(stated(item.body_parts))
    assert counted["manufacturer"] == len(stated(item.manufacturers))
    assert 0 < counted["sex"] <= len(sex_codes(item))


def counts(name: str, dimension: str) -> list[dict[str, str]]:
    """The counts of a record by one dimension: last part of each property, and its value."""
    nodes: dict[str, dict[str, str]] = defaultdict(dict)
    for triple in of(name):
        if isinstance(triple.object, pyoxigraph.NamedNode | pyoxigraph.Literal):
            nodes[str(triple.subject)][triple.predicate.value.rpartition("#")[2]] = triple.object.value
    return [node for node in nodes.values() if node.get("dimension") == dimension]


def test_counts_by_modality_are_those_measured() -> None:
    assert counts("acrin_6698", "modality")[0] == {
        "dimension": "modality",
        "value": f"{EUCAIM}IMG1000038",
        "subjects": "385",
        "studies": "1123",
    }


def test_a_patient_with_two_sex_codes_is_counted_under_neither() -> None:
    """222 patients of ISPY1: 218 with F alone, four with further codes beside it."""
    assert [count["subjects"] for count in counts("ispy1", "sex")] == ["218"]


@pytest.mark.parametrize("absent", [f"{EUCAIM}interoperabilityLevel", f"{HEALTH}hdab", f"{DCT}spatial"])
def test_what_nobody_measured_is_not_made_up(absent: str) -> None:
    assert not any(values(found, absent) for found in walk(POINTS["eucaim"]))
