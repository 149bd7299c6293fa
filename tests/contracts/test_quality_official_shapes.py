"""Whether our verdict on the EHDS is that of the official shapes: HealthDCAT-AP Release 8, DCAT-AP 3.0.1.

One property after another is taken from the official example; both must say the same of what is left, but for
the nodes in ``UNSEEN``, at which ours do not look.
"""

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import SH, Graph

from catalogue.ingest.alignment import Traits
from catalogue.model.quality import Level, Quality
from catalogue.quality.check import Checker
from catalogue.resources import shapes_folder
from harvesters.findings import Severity
from harvesters.source import Record
from ontologies.namespaces import expand
from ontologies.own_scheme import load_scheme
from tests.catalogue.descriptions import rules

EXAMPLE = "https://healthdcat-ap.example.org/release-7/example/dataset-oncology-ehrs-2024"
EUCAIM_LIKE = "https://node.example/dataset/p1"
RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
# Opening hours, a creator, the kind of a licence: the must set names none of them, and no export to the EHDS
# hangs on them; the official shapes check whatever node of these classes lies in the document.
UNSEEN = ("-hours", "creator-agent", "license-type-permit")
# What EUCAIM makes mandatory on the dataset itself; without a title no record comes in.
MANDATORY = (
    "dct:identifier",
    "dct:description",
    "dcat:version",
    "eucaim:interoperabilityLevel",
    "dcat:distribution",
    "dcat:contactPoint",
    "dcat:theme",
    "healthdcatap:healthCategory",
    "dct:type",
    "dct:accessRights",
    "dcatap:applicableLegislation",
    "dct:publisher",
    "healthdcatap:hdab",
    "healthdcatap:hasStructuredData",
    "healthdcatap:numberOfUniqueIndividuals",
    "healthdcatap:numberOfRecords",
    "eucaim:hasBirthSex",
    "eucaim:hasCondition",
    "eucaim:collectionMethod",
    "eucaim:hasImageModality",
    "eucaim:hasEquipmentManufacturer",
    "eucaim:hasImageBodyPart",
    "dcat:keyword",
    "dct:provenance",
)


_SHAPES = (
    "healthdcat-ap-r8/{}-shapes.ttl",
    "dcat-ap-3.0.1/shapes.ttl",
)


@cache
def checker() -> Checker:
    return Checker(load_scheme(), shapes_folder())


@cache
def official(shared_data: Path, right: str) -> Graph:
    """Named one by one, without the remote imports; a property shape without a path is hung on as a node."""
    graph = Graph()
    for name in _SHAPES:
        graph.parse(shared_data / "shapes" / name.format(right), format="turtle")
    for shape, _, inner in list(graph.triples((None, SH.property, None))):
        if (inner, SH.path, None) not in graph:
            graph.remove((shape, SH.property, inner))
            graph.add((shape, SH.node, inner))
    return graph


def officially_conforms(triples: bytes, shapes: Graph) -> bool:
    """The whole record, as the official shapes are meant for."""
    data = Graph()
    data.parse(data=triples, format="nt")
    conforms, _, _ = pyshacl.validate(
        data, shacl_graph=shapes, do_owl_imports=False, inference="none", allow_warnings=True
    )
    return bool(conforms)


@cache
def published(file: Path, subject: str) -> bytes:
    quads = ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)
    body = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""
    record = Record(subject, bytes(body), "application/n-triples")
    return rules().prepare(record, key="abcdefgh2345", traits=Traits()).triples


@pytest.fixture
def example(shared_data: Path) -> bytes:
    return published(shared_data / "examples/healthdcat-ap-r8/example-healthdcat-dataset.ttl", EXAMPLE)


@pytest.fixture
def eucaim_like(shared_data: Path) -> bytes:
    return published(shared_data / "examples/eucaim-like/own-eucaim-like.ttl", EUCAIM_LIKE)


def lines_about(triples: bytes) -> dict[tuple[str, str], list[bytes]]:
    found: dict[tuple[str, str], list[bytes]] = {}
    for line in triples.splitlines(keepends=True):
        subject, predicate, _ = line.decode().split(" ", 2)
        found.setdefault((subject.strip("<>"), predicate.strip("<>")), []).append(line)
    return found


def without(triples: bytes, subject: str, predicate: str) -> bytes:
    kept = (lines for about, lines in lines_about(triples).items() if about != (subject, predicate))
    return b"".join(line for lines in kept for line in lines)


def errors(quality: Quality) -> list[str]:
    return [one.path for one in quality.findings if one.severity is Severity.ERROR]


def test_the_official_example_reaches_the_ehds(example: bytes, shared_data: Path) -> None:
    assert officially_conforms(example, official(shared_data, "non-public"))
    assert checker().check(EXAMPLE, example).levels == (Level.EHDS,)


def test_each_property_that_the_example_loses_costs_the_level_where_it_does_officially(
    example: bytes, shared_data: Path
) -> None:
    shapes = official(shared_data, "non-public")
    differing = {}
    for subject, predicate in lines_about(example):
        unseen = subject.endswith(UNSEEN) or predicate.startswith("urn:catalogue:")
        if unseen or predicate.endswith("ns#type"):
            continue
        rest = without(example, subject, predicate)
        verdicts = (officially_conforms(rest, shapes), Level.EHDS in checker().check(EXAMPLE, rest).levels)
        if verdicts[0] != verdicts[1]:
            differing[subject.rpartition("/")[2], predicate] = verdicts
    assert not differing


@pytest.mark.parametrize(("right", "file"), [("PUBLIC", "public"), ("RESTRICTED", "restricted")])
def test_the_other_access_rights_have_the_official_verdict_too(
    right: str, file: str, example: bytes, shared_data: Path
) -> None:
    other = example.replace(f"{RIGHTS}NON_PUBLIC".encode(), f"{RIGHTS}{right}".encode())
    for predicate in ("http://www.w3.org/ns/dcat#keyword", "http://healthdataportal.eu/ns/health#hdab"):
        rest = without(other, EXAMPLE, predicate)
        ours = Level.EHDS in checker().check(EXAMPLE, rest).levels
        assert ours is officially_conforms(rest, official(shared_data, file))


def test_only_the_theme_health_is_enough_though_the_shapes_take_any(
    example: bytes, shared_data: Path
) -> None:
    other = example.replace(b"data-theme/HEAL", b"data-theme/TECH")
    assert officially_conforms(other, official(shared_data, "non-public"))
    assert errors_of_the_ehds(checker().check(EXAMPLE, other)) == ["dcat:theme"]


def errors_of_the_ehds(quality: Quality) -> list[str]:
    return [one.path for one in quality.findings if Level.EHDS in one.levels]


def test_a_record_written_for_eucaim_reaches_all_levels(eucaim_like: bytes) -> None:
    quality = checker().check(EUCAIM_LIKE, eucaim_like)
    assert (quality.levels, errors(quality)) == (tuple(Level), [])


@pytest.mark.parametrize("name", MANDATORY)
def test_each_mandatory_property_it_loses_is_named_once(name: str, eucaim_like: bytes) -> None:
    rest = without(eucaim_like, EUCAIM_LIKE, expand(name))
    assert rest != eucaim_like
    quality = checker().check(EUCAIM_LIKE, rest)
    assert errors(quality) == [name]
    assert Level.EUCAIM not in quality.levels
