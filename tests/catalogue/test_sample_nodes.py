"""Whether each DCAT node's documents say what its facts hold, in its own dialect."""

from collections import Counter

import pyoxigraph
import pytest
import rdflib

from catalogue.sample.dcat_node import DcatNode
from catalogue.sample.facts import Collection, collections, sex_codes, stated
from catalogue.sample.nodes import NODES

ADDRESS = "http://127.0.0.1:8901"
DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
EUCAIM = "https://cancerimage.eu/ontology/EUCAIM#"
HYDRA = "http://www.w3.org/ns/hydra/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FORMATS = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
}


DCAT_NODES = tuple(spec for spec in NODES if isinstance(spec, DcatNode))


def node(identifier: str) -> DcatNode:
    return next(spec for spec in DCAT_NODES if spec.id == identifier)


def offered(spec: DcatNode) -> tuple[Collection, ...]:
    return spec.selection.of(collections())


def graph(spec: DcatNode) -> list[pyoxigraph.Triple]:
    """All statements of a node, by the reader that harvesting uses."""
    return [
        quad.triple
        for document in spec.documents(ADDRESS)
        for quad in pyoxigraph.parse(
            document.body, format=FORMATS[document.media_type], rename_blank_nodes=True
        )
    ]


def objects(
    triples: list[pyoxigraph.Triple], predicate: str
) -> list[pyoxigraph.NamedNode | pyoxigraph.Literal]:
    found = (triple.object for triple in triples if triple.predicate.value == predicate)
    return [term for term in found if isinstance(term, pyoxigraph.NamedNode | pyoxigraph.Literal)]


def texts(triples: list[pyoxigraph.Triple], predicate: str) -> Counter[str]:
    return Counter(term.value for term in objects(triples, predicate))


every_node = pytest.mark.parametrize("spec", DCAT_NODES, ids=lambda spec: spec.id)


@every_node
def test_a_node_gives_its_collections_once_each(spec: DcatNode) -> None:
    assert texts(graph(spec), f"{DCT}identifier") == Counter(item.id for item in offered(spec))


@every_node
def test_a_node_publishes_its_patients_and_studies(spec: DcatNode) -> None:
    triples = graph(spec)
    for name, key in (("numberOfUniqueIndividuals", "patients"), ("numberOfRecords", "studies")):
        told = {
            triple.subject.value.rsplit("/", 1)[1]: int(triple.object.value)
            for triple in triples
            if triple.predicate.value == spec.dialect.health + name
            and isinstance(triple.subject, pyoxigraph.NamedNode)
            and isinstance(triple.object, pyoxigraph.Literal)
        }
        assert told == {item.id: getattr(item, key) for item in offered(spec)}


# rdflib's own JSON-LD reader uses what rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@every_node
def test_another_parser_reads_the_same_graph(spec: DcatNode) -> None:
    for document in spec.documents(ADDRESS):
        other = rdflib.Graph().parse(data=document.body, format=document.media_type, publicID=ADDRESS)
        ours = pyoxigraph.Dataset(
            pyoxigraph.parse(document.body, format=FORMATS[document.media_type], rename_blank_nodes=True)
        )
        # rdflib spells the zone of a date anew.
        lines = other.serialize(format="nt").replace("+00:00", "Z")
        theirs = pyoxigraph.Dataset(pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_TRIPLES))
        for dataset in (ours, theirs):
            dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        assert theirs == ours


@every_node
def test_values_reach_the_record_as_they_are(spec: DcatNode) -> None:
    triples = graph(spec)
    items = offered(spec)
    assert texts(triples, f"{EUCAIM}hasEquipmentManufacturer") == total(items, "manufacturers")
    assert texts(triples, f"{EUCAIM}hasImageBodyPart") == total(items, "body_parts")
    assert texts(triples, f"{EUCAIM}hasBirthSex") == Counter(code for i in items for code in sex_codes(i))


def total(items: tuple[Collection, ...], name: str) -> Counter[str]:
    return Counter(value for item in items for value in stated(getattr(item, name)))


@every_node
def test_every_origin_is_a_distribution_with_its_licence(spec: DcatNode) -> None:
    origins = [origin for item in offered(spec) for origin in item.origins]
    triples = graph(spec)
    assert texts(triples, f"{DCAT}accessURL") == Counter(origin.url for origin in origins)
    assert texts(triples, f"{DCT}license") == Counter(origin.licence_url for origin in origins)


@every_node
def test_equal_facts_give_equal_bytes(spec: DcatNode) -> None:
    first = spec.documents(ADDRESS)
    assert spec.documents(ADDRESS) == first


@every_node
def test_only_page_links_and_names_depend_on_the_address(spec: DcatNode) -> None:
    here = spec.documents(ADDRESS)
    there = spec.documents("https://node.example")
    moved = [item.body.replace(ADDRESS.encode(), b"https://node.example") for item in here]
    assert moved == [item.body for item in there]


@every_node
def test_texts_bear_the_language_of_the_dialect(spec: DcatNode) -> None:
    titles = objects(graph(spec), f"{DCT}title")
    tags = {title.language or "" for title in titles if isinstance(title, pyoxigraph.Literal)}
    assert tags == {spec.dialect.language}


@pytest.mark.parametrize(
    ("name", "datatype"),
    [("tcga", "date"), ("community", "dateTime"), ("cptac", "string"), ("research", "date")],
)
def test_dates_bear_the_type_of_the_dialect(name: str, datatype: str) -> None:
    dates = objects(graph(node(name)), f"{DCT}modified")
    types = {date.datatype.value for date in dates if isinstance(date, pyoxigraph.Literal)}
    assert types == {XSD + datatype}


def test_tcga_names_modalities_by_their_dicom_terms() -> None:
    found = objects(graph(node("tcga")), f"{EUCAIM}hasImageModality")
    assert pyoxigraph.NamedNode("http://dicom.nema.org/resources/ontology/DCM/CT") in found
    assert all(isinstance(term, pyoxigraph.NamedNode) for term in found)


def test_cptac_hides_modalities_and_cancers_in_keywords() -> None:
    triples = graph(node("cptac"))
    keywords = texts(triples, f"{DCAT}keyword")
    items = offered(node("cptac"))
    assert not objects(triples, f"{EUCAIM}hasImageModality")
    assert keywords["CT"] == sum("CT" in stated(item.modalities) for item in items) > 0
    assert any("," in keyword for keyword in keywords)


def test_cptac_numbers_are_plain_text() -> None:
    numbers = objects(graph(node("cptac")), f"{node('cptac').dialect.health}numberOfUniqueIndividuals")
    assert {n.datatype.value for n in numbers if isinstance(n, pyoxigraph.Literal)} == {f"{XSD}string"}


@pytest.mark.parametrize("name", ["community", "cptac"])
def test_parts_without_a_name_are_blank_nodes(name: str) -> None:
    parts = [triple.object for triple in graph(node(name)) if triple.predicate.value == f"{DCAT}distribution"]
    assert parts
    assert all(isinstance(part, pyoxigraph.BlankNode) for part in parts)


@pytest.mark.parametrize(
    ("name", "view", "following"),
    [("tcga", "PagedCollection", "nextPage"), ("community", "PartialCollectionView", "next")],
)
def test_each_page_but_the_last_links_to_the_next_in_its_words(name: str, view: str, following: str) -> None:
    spec = node(name)
    triples = graph(spec)
    pages = len(spec.documents(ADDRESS))
    kind = pyoxigraph.NamedNode(HYDRA + view)
    views = {t.subject for t in triples if t.predicate.value == RDF_TYPE and t.object == kind}
    assert len(views) == pages
    assert texts(triples, HYDRA + following) == Counter(
        f"{ADDRESS}{spec.path}?page={number}" for number in range(2, pages + 1)
    )


def test_records_count_what_the_pages_claim() -> None:
    for name in ("tcga", "community"):
        claimed = set(texts(graph(node(name)), f"{HYDRA}totalItems"))
        assert claimed == {str(len(offered(node(name))))}
