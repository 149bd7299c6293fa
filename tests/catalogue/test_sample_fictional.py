"""Whether the fictional node says what it is, and shows what no public collection has."""

from collections import Counter

import pyoxigraph
import pytest

from catalogue.sample.fictional_node import FictionalNode
from catalogue.sample.invented import invented
from catalogue.sample.nodes import NODES
from ontologies.concepts import Axis
from ontologies.own_scheme import load_scheme

ADDRESS = "http://127.0.0.1:8901"
DCT = "http://purl.org/dc/terms/"
EUCAIM = "https://cancerimage.eu/ontology/EUCAIM#"
HEALTH = "http://healthdataportal.eu/ns/health#"
CIMG = "urn:catalogue:terms#"
LAUNCH_CANCERS = {
    "Breast cancer",
    "Colon cancer",
    "Diffuse intrinsic pontine glioma",
    "Glioblastoma",
    "Liver cancer",
    "Lung cancer",
    "Neuroblastoma",
    "Prostate cancer",
    "Rectal cancer",
}
NODE = next(spec for spec in NODES if isinstance(spec, FictionalNode))


@pytest.fixture(scope="module")
def statements() -> list[pyoxigraph.Triple]:
    (document,) = NODE.documents(ADDRESS)
    return [quad.triple for quad in pyoxigraph.parse(document.body, format=pyoxigraph.RdfFormat.TURTLE)]


def values(found: list[pyoxigraph.Triple], predicate: str) -> list[str]:
    terms = (triple.object for triple in found if triple.predicate.value == predicate)
    return [term.value for term in terms if isinstance(term, pyoxigraph.NamedNode | pyoxigraph.Literal)]


def test_every_title_and_description_says_that_it_is_invented(statements: list[pyoxigraph.Triple]) -> None:
    titles, descriptions = values(statements, f"{DCT}title"), values(statements, f"{DCT}description")
    assert all("Fictional" in title and "(invented data)" in title for title in titles)
    assert all(text.startswith("Fictional") and "invented" in text for text in descriptions)
    assert len(descriptions) == 1 + len(invented())


def test_every_agent_says_that_it_is_invented(statements: list[pyoxigraph.Triple]) -> None:
    names = values(statements, "http://xmlns.com/foaf/0.1/name")
    assert names
    assert all(name.startswith("Fictional") and name.endswith("(invented)") for name in names)


def test_every_record_and_the_source_are_marked_fictional(statements: list[pyoxigraph.Triple]) -> None:
    assert values(statements, f"{CIMG}fictional") == ["true"] * len(invented())
    (source,) = NODE.sources(ADDRESS)
    assert source.options == {"fictional": "true"}


def test_all_nine_launch_cancers_are_there(statements: list[pyoxigraph.Triple]) -> None:
    scheme = load_scheme()
    codes = {iri.removeprefix(EUCAIM) for iri in values(statements, f"{EUCAIM}hasCondition")}
    assert {scheme.label(code) for code in codes} == LAUNCH_CANCERS


def test_all_tiers_access_rights_and_conditions_are_there(statements: list[pyoxigraph.Triple]) -> None:
    assert len(set(values(statements, f"{EUCAIM}interoperabilityLevel"))) == 9
    rights = {iri.rsplit("/", 1)[1] for iri in values(statements, f"{DCT}accessRights")}
    assert rights == {"PUBLIC", "RESTRICTED", "NON_PUBLIC"}
    terms = Counter(iri.rsplit("#", 1)[1] for iri in values(statements, f"{DCT}rights"))
    assert terms.keys() >= {"DOWNLOAD", "IN_SITU_PROCESSING", "REMOTE_PROCESSING", "GENERAL_RESEARCH_USE"}


def test_one_access_body_is_withheld(statements: list[pyoxigraph.Triple]) -> None:
    assert len(values(statements, f"{HEALTH}hdab")) == len(invented()) - 1


def test_each_agent_has_exactly_one_point_of_contact(statements: list[pyoxigraph.Triple]) -> None:
    points = Counter(t.subject for t in statements if t.predicate.value.endswith("m8g/contactPoint"))
    assert set(points.values()) == {1}
    assert {iri for name in ("hdab", "custodian") for iri in named(statements, name)} <= {
        subject.value for subject in points if isinstance(subject, pyoxigraph.NamedNode)
    }


def named(found: list[pyoxigraph.Triple], ending: str) -> list[str]:
    return [
        t.object.value for t in found if t.predicate.value.endswith(ending) and hasattr(t.object, "value")
    ]


@pytest.mark.parametrize(
    ("predicate", "axis"),
    [
        (f"{EUCAIM}hasCondition", Axis.CANCER),
        (f"{EUCAIM}hasImageModality", Axis.MODALITY),
        (f"{EUCAIM}hasImageBodyPart", Axis.BODYPART),
        (f"{EUCAIM}hasEquipmentManufacturer", Axis.MANUFACTURER),
        (f"{EUCAIM}hasBirthSex", Axis.SEX),
        (f"{EUCAIM}interoperabilityLevel", Axis.TIER),
        (f"{EUCAIM}collectionMethod", Axis.METHOD),
        (f"{DCT}spatial", Axis.COUNTRY),
        (f"{DCT}type", Axis.TYPE),
        (f"{CIMG}linkedDataKind", Axis.LINKED),
    ],
)
def test_every_value_is_a_concept_of_the_scheme(
    statements: list[pyoxigraph.Triple], predicate: str, axis: Axis
) -> None:
    scheme = load_scheme()
    datasets = [t for t in statements if "/dataset/" in str(t.subject)]
    found = set(values(datasets, predicate))
    assert found
    assert {value for value in found if scheme.find(value, axis) is None} == set()


def test_numbers_of_a_record_fit_together() -> None:
    for item in invented():
        assert item.patients <= item.studies <= item.series <= item.images, item.id
        assert item.ages.lowest <= item.ages.highest
        assert item.period.start < item.period.end


def test_an_invented_dataset_has_no_name_of_a_real_one() -> None:
    real = {name for node in NODES if node is not NODE for names in node.offered().values() for name in names}
    assert not real & {item.id for item in invented()}
