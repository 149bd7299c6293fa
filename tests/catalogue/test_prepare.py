"""What of a provider's statements is published, and what is said about the rest."""

import pytest
from pyoxigraph import RdfFormat, parse

from catalogue.ingest.record import Preparation
from catalogue.profile import terms
from catalogue.profile.reader import read_dataset
from harvesters.errors import RecordRejected
from harvesters.findings import Severity
from harvesters.source import Record
from ontologies.aligner import load_aligner
from ontologies.own_scheme import load_scheme
from tests.catalogue.descriptions import IRI, KEY, harvested, objects, own_names, prepared, received, rules

OURS = "the statement uses names that belong to the catalogue; it was left out"


def at_home() -> Preparation:
    scheme = load_scheme()
    return Preparation(scheme, load_aligner(scheme), base_url="https://catalogue.example")


def messages(statements: str) -> list[str]:
    return [one.message for one in prepared(statements).findings]


@pytest.mark.parametrize(
    "forged",
    [
        "cimg:countsTowardsTotals false .",
        'cimg:alignedValue ex:value . ex:value cimg:axis "cancer" ; cimg:conceptCode "CLIN1000075" .',
        "dct:relation <urn:catalogue:datasets/zzzzzzzz2345> .",
        'dct:relation ex:r . <urn:catalogue:datasets/zzzzzzzz2345> dct:title "taken over" .',
        'dct:relation ex:r . <urn:catalogue:concepts/mouse> dct:title "renamed" .',
        "a <urn:catalogue:terms#Anything> .",
    ],
)
def test_a_provider_that_speaks_in_the_catalogues_names_is_ignored_with_a_finding(forged: str) -> None:
    found = prepared(forged)
    assert messages(forged) == [OURS]
    assert own_names(found.triples) == set()
    assert b"countsTowardsTotals" not in found.triples
    assert read_dataset(KEY, IRI, found.triples).values == ()


def test_a_forged_statement_does_not_take_the_honest_ones_with_it() -> None:
    dataset = harvested("cimg:countsTowardsTotals false ; health:numberOfUniqueIndividuals 20 .")
    assert dataset.counts_towards_totals
    assert dataset.counts.patients == 20


def test_the_finding_names_the_provider_s_own_node() -> None:
    (finding,) = prepared("cimg:countsTowardsTotals false .").findings
    assert (finding.focus, finding.path) == (IRI, "cimg:countsTowardsTotals")
    assert finding.severity is Severity.WARNING
    assert finding.how_to_fix


def test_a_dataset_without_an_address_keeps_the_name_that_the_harvester_gave_it() -> None:
    name = "urn:catalogue:unnamed/https%3A%2F%2Fnode.example%2F/7"
    record = received('dct:relation <#part> . <#part> dct:title "Part" .', identifier=name)
    found = rules().prepare(record, key=KEY)
    assert found.subject == name
    assert read_dataset(KEY, name, found.triples).title == "Prostate MR"
    assert found.findings == ()


def test_a_record_without_title_is_rejected() -> None:
    with pytest.raises(RecordRejected, match="no title"):
        rules().prepare(
            Record(IRI, b"<%s> <urn:p> <urn:o> .\n" % IRI.encode(), "application/n-triples"), key=KEY
        )


def test_a_record_of_bytes_that_are_no_triples_is_rejected() -> None:
    with pytest.raises(RecordRejected):
        rules().prepare(Record(IRI, b"<html>", "application/n-triples"), key=KEY)


def test_a_number_that_cannot_be_read_stays_with_a_finding() -> None:
    found = prepared('health:numberOfUniqueIndividuals "viele" .')
    assert objects(found.triples, terms.PATIENTS) == {'"viele"'}
    (finding,) = found.findings
    assert (finding.focus, finding.value) == (IRI, "viele")
    assert "xsd:nonNegativeInteger" in finding.how_to_fix


def test_statements_about_statements_are_left_out_with_a_finding() -> None:
    """JSON-LD knows none of RDF 1.2, and a quoted blank node would get a new name each time."""
    line = f"<{IRI}> <http://purl.org/dc/terms/relation> <<( <urn:a> <urn:b> _:c )>> .\n"
    record = received()
    with_quote = Record(record.identifier, record.received + line.encode(), record.media_type)
    found = rules().prepare(with_quote, key=KEY)
    assert found.triples == prepared().triples
    assert [one.message for one in found.findings] == [
        "the statement quotes another one (RDF 1.2); it was left out"
    ]


def test_a_text_s_direction_is_left_out_and_its_language_stays() -> None:
    record = received()
    line = f'<{IRI}> <http://purl.org/dc/terms/title> "שלום"@he--rtl .\n'
    found = rules().prepare(Record(IRI, record.received + line.encode(), record.media_type), key=KEY)
    assert '"שלום"@he' in objects(found.triples, f"{terms.DCT}title")


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    found = prepared(r'dct:description "a\u0001b\u000Cc\uFFFEd\te\nf" .')
    assert read_dataset(KEY, IRI, found.triples).description == "a\ufffdb\ufffdc\ufffdd\te\nf"


def test_published_triples_hold_no_blank_node() -> None:
    found = prepared('dcat:distribution [ dct:title "Images" ; dct:rights [ dct:title "by request" ] ] .')
    assert b"_:" not in found.triples
    assert len(list(parse(found.triples, format=RdfFormat.N_TRIPLES))) == 6


@pytest.mark.parametrize(
    "name", ["urn:catalogue:datasets/zzzzzzzz2345", "https://catalogue.example/datasets/x"]
)
def test_a_dataset_under_a_name_of_the_catalogue_is_refused(name: str) -> None:
    with pytest.raises(RecordRejected, match="belongs to the catalogue"):
        at_home().prepare(received(identifier=name), key=KEY)


@pytest.mark.parametrize(
    "forged",
    [
        'dct:relation ex:r . <https://catalogue.example/datasets/x> dct:title "taken over" .',
        'dct:relation ex:r . <https://catalogue.example/catalog> dct:title "mine" .',
        "<https://catalogue.example/terms#countsTowardsTotals> false .",
    ],
)
def test_nobody_speaks_in_the_catalogues_names_as_they_are_served(forged: str) -> None:
    found = at_home().prepare(received(forged), key=KEY)
    assert b"catalogue.example" not in found.triples
    assert OURS in [one.message for one in found.findings]


def test_a_provider_may_point_to_a_record_of_the_catalogue() -> None:
    cited = "https://catalogue.example/datasets/x"
    found = at_home().prepare(received(f"dct:relation <{cited}> ."), key=KEY)
    assert objects(found.triples, f"{terms.DCT}relation") == {f"<{cited}>"}


@pytest.mark.parametrize("property_", ["dcat:keyword", "eucaim:hasCondition"])
def test_more_values_than_can_be_shown_refuse_the_record(property_: str) -> None:
    values = ", ".join(f'"value {number}"' for number in range(2001))
    with pytest.raises(RecordRejected, match="2,001 keywords"):
        prepared(f"{property_} {values} .")


def test_values_that_fall_apart_into_thousands_refuse_the_record() -> None:
    values = ", ".join(
        f'"Lung cancer,{",".join(f"{one}x{part}" for part in range(49))}"' for one in range(50)
    )
    with pytest.raises(RecordRejected, match="at most 2,000"):
        prepared(f"eucaim:hasCondition {values} .")
