"""Whether rows of EMX2 come out in the profile's words, and what the catalogue knows of them in the end."""

from pathlib import Path

import pytest

from catalogue.model.dataset import Dataset
from catalogue.profile.reader import read_dataset
from harvesters.crosswalks import crosswalk
from harvesters.crosswalks.emx2.columns import COLUMNS, Form, by_name
from harvesters.emx2 import MEDIA_TYPE, Place, fold, place_of
from harvesters.errors import RecordRejected
from harvesters.findings import Finding
from harvesters.parsing import Sandbox, canonical
from harvesters.source import Record, SourceConfig
from harvesters.sources import make_source
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.catalogue.descriptions import KEY, rules
from tests.harvesters.scripted_emx2 import Emx2
from tests.harvesters.scripted_provider import Provider

CASES = Path(__file__).parent.parent / "data" / "crosswalks" / "emx2"
API = "http://node.example/catalogue/api/rdf"
ROW = f"{API}/Collections?id=d1"


def crossed(*columns: str) -> tuple[str, tuple[Finding, ...]]:
    """Triples and findings of a row; ``columns`` are ``name value`` in N-Triples."""
    said = [column.partition(" ") for column in ('name "T"', *columns)]
    lines = "".join(f"<{ROW}> <{API}/Collections/column/{name}> {value} .\n" for name, _, value in said)
    made = crosswalk(MEDIA_TYPE)(lines.encode(), identifier=ROW)
    return canonical(made.triples).decode(), made.findings


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_a_case_comes_out_as_expected(case: Path) -> None:
    try:
        made = crosswalk(MEDIA_TYPE)((case / "input.nt").read_bytes(), identifier=ROW)
        triples = canonical(made.triples)
        said = [f"{one.severity} {one.path} {one.value}" for one in made.findings]
    except RecordRejected as error:
        triples, said = b"", [f"rejected: {error}"]
    expected = case / "expected.nt"
    assert triples == (expected.read_bytes() if expected.is_file() else b"")
    assert said == (case / "findings.txt").read_text(encoding="utf-8").splitlines()


def test_every_column_says_something() -> None:
    """A column that nothing reads would be named in vain."""
    values = {Form.COUNT: '"7"', Form.SIZE: '"7"', Form.WITH_SAMPLES: '"7"', Form.SPAN: '"2019"'}
    without, _ = crossed()
    for column in COLUMNS:
        for name in column.names:
            made, findings = crossed(f"{name} {values.get(column.form, chr(34) + '2020' + chr(34))}")
            assert (made != without, findings) == (True, ()), name


def test_a_name_means_one_column() -> None:
    names = [name for column in COLUMNS for name in column.names]
    assert len(names) == len(by_name()) == len(set(names))
    assert names == [fold(name) for name in names]


def test_an_unknown_column_is_named_once_a_record() -> None:
    _, findings = crossed('nobodyKnows "one"', 'nobody_knows "two"', 'mg_draft "false"')
    (finding,) = findings
    assert (finding.path, finding.value, finding.focus) == ("nobodyKnows", "one", ROW)
    assert finding.how_to_fix


@pytest.mark.parametrize("count", ["-5", "about 100", "1.200"])
def test_a_count_that_is_none_is_kept_as_it_was_written(count: str) -> None:
    made, _ = crossed(f'numberOfParticipants "{count}"')
    assert f'numberOfUniqueIndividuals> "{count}" .' in made


def test_both_age_predicates_say_one_age() -> None:
    said = [
        f'<{ROW}> <http://healthdataportal.eu/ns/health#{name}> "18" .'
        for name in ("minTypicalAge", "minimumTypicalAge")
    ]
    title = f'<{ROW}> <http://purl.org/dc/terms/title> "T" .'
    made = crosswalk(MEDIA_TYPE)("\n".join((title, *said)).encode(), identifier=ROW)
    assert made.triples.count(b"TypicalAge") == 1


def test_the_moment_of_saving_counts_only_where_no_other_is_told() -> None:
    saved = 'mg_updatedOn "2024-05-02T03:04:05"'
    assert "2024-05-02" in crossed(saved)[0]
    assert "2024-05-02" not in crossed(saved, 'modified "2023-01-01"')[0]


def test_a_term_that_repeats_a_column_of_another_meaning_is_not_read_twice() -> None:
    """EUCAIM's model has the method of collection under HealthDCAT-AP's category."""
    method = f"<{API}/Methods?name=Cohort>"
    category = "http://www.healthdcatap.org/healthCategory"
    lines = f"""<{ROW}> <{API}/Collections/column/name> "T" .
<{ROW}> <{API}/Collections/column/collection_method> {method} .
<{ROW}> <{category}> {method} .
"""
    made = crosswalk(MEDIA_TYPE)(lines.encode(), identifier=ROW)
    assert b"collectionMethod" in made.triples
    assert b"healthCategory" not in made.triples


def test_a_forged_subject_beside_the_row_says_nothing_of_it() -> None:
    lines = f'<{ROW}> <{API}/Collections/column/name> "T" .\n<https://a.example/x> <urn:p> "forged" .\n'
    made = crosswalk(MEDIA_TYPE)(lines.encode(), identifier=ROW)
    assert b"forged" not in made.triples


@pytest.mark.timeout(30)
def test_many_values_and_many_links_to_one_large_row_take_no_time() -> None:
    large = f"<{API}/Agents?id=large>"
    columns = [f'keywords "word {number}"' for number in range(15_000)]
    columns += [f"c{number} {large}" for number in range(10_000)]
    lines = [f"<{ROW}> <{API}/Collections/column/{one.replace(' ', '> ', 1)} .\n" for one in columns]
    lines += [f'{large} <{API}/Agents/column/c{number}> "x" .\n' for number in range(10_000)]
    lines += [f'<{ROW}> <http://purl.org/dc/terms/title> "T" .\n']
    made = crosswalk(MEDIA_TYPE)("".join(lines).encode(), identifier=ROW)
    assert made.triples.count(b"keyword>") == 15_000
    assert len(made.findings) == 300


def test_what_is_no_address_is_no_row() -> None:
    with pytest.raises(RecordRejected, match="is no row"):
        crosswalk(MEDIA_TYPE)(b"", identifier="no address")


@pytest.mark.parametrize("received", [b"<a", b"", b"<https://a.example/> <urn:p> <urn:o> ."])
def test_what_is_no_row_is_rejected(received: bytes) -> None:
    with pytest.raises(RecordRejected):
        crosswalk(MEDIA_TYPE)(received, identifier=ROW)


@pytest.mark.parametrize(
    ("iri", "place"),
    [
        (f"{API}/Collections", Place("Collections")),
        (f"{API}/Collections/column/age%20min", Place("Collections", column="age min")),
        (f"{API}/Collections?id=a%26b", Place("Collections", key=(("id", "a&b"),))),
        (f"{API}/Category/cat", Place("Category", key=(("id", "cat"),))),
        ("https:/node.example/x/api/rdf/T?name=CT", Place("T", key=(("name", "CT"),))),
        ("https://node.example/api/rdfs/T?name=CT", None),
        ("https://node.example/?q=/api/rdf/T", None),
        (f"{API}/{'x' * 3000}", None),
        ("http://a/api/rdf/" + "/api/rdf/" * 200 + "#", None),
    ],
)
def test_an_address_names_a_table_a_column_or_a_row(iri: str, place: Place | None) -> None:
    assert place_of(iri) == place


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("firstName=Jan&lastName=Jansen&resource=r", "Jan Jansen"),
        ("identifier=EUPAS1&resource=r", "EUPAS1"),
        ("id=UMCX&resource=r", "UMCX"),
        ("codesystem=ICD&code=C50", "ICD C50"),
    ],
)
def test_a_row_is_called_by_the_best_part_of_its_key(key: str, label: str) -> None:
    place = place_of(f"{API}/T?{key}")
    assert place is not None
    assert place.label == label


def taken_in(provider: Provider, transport: Transport, sandbox: Sandbox, spool: Spool) -> Dataset:
    """The one dataset of a database after its whole way in."""
    options = {"table": "Collections", "beside": "Contacts"}
    config = SourceConfig("north", "emx2", f"{provider.url}/Eucaim", pace=0, options=options)
    source = make_source(config, transport, sandbox)
    (record,) = source.records(source.listing(since=None, spool=spool), spool=spool)
    assert isinstance(record, Record)
    prepared = rules().prepare(record, key=KEY)
    return read_dataset(KEY, prepared.subject, prepared.triples)


def test_a_dataset_comes_in_with_title_counts_countries_and_keywords(
    provider: Provider, transport: Transport, sandbox: Sandbox, spool: Spool
) -> None:
    emx2 = Emx2(provider, base="https:/node.example")
    columns = (
        'name "Prostate MR"',
        "number_of_subjects 120",
        "number_of_series 999",
        'keywords "prostate", "screening"',
        f"geographical_coverage {emx2.term('Countries', 'Spain')}, {emx2.term('Countries', 'Portugal')}",
        f"imaging_modality {emx2.term('Modalities', 'CT')}",
        f"contact <{emx2.api}/Contacts?id=c>",
        'provider "Hospital Example"',
        'image_year_range "startDate: 2015", "endDate: 2019-06-30"',
        "age_low 45",
    )
    emx2.serve(emx2.row("id=d1", *columns))
    emx2.serve(emx2.row("id=c", 'name "Ana"', table="Contacts"), table="Contacts")
    dataset = taken_in(provider, transport, sandbox, spool)
    assert dataset.iri == "https://node.example/Eucaim/api/rdf/Collections?id=d1"
    assert [title.text for title in dataset.titles] == ["Prostate MR"]
    assert (dataset.counts.patients, dataset.counts.series, dataset.ages.lowest) == (120, 999, 45)
    assert [word.text for word in dataset.keywords] == ["prostate", "screening"]
    found = {(value.axis.value, value.raw): value.concept for value in dataset.values}
    assert found["country", "Spain"]
    assert found["country", "Portugal"]
    assert found["modality", "CT"]
    assert dataset.publisher
    assert dataset.publisher.name == "Hospital Example"
