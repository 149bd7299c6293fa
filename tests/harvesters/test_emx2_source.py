"""How the tables of a Molgenis EMX2 database become records."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harvesters.emx2 import MEDIA_TYPE
from harvesters.errors import HarvestError, LimitReached, NotMetadata, ProviderRefuses, Terminal
from harvesters.parsing import Sandbox, pages
from harvesters.source import Listing, Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources import make_source
from harvesters.sources.emx2 import Emx2Source
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.harvesters.poison import linked
from tests.harvesters.scripted_emx2 import Emx2
from tests.harvesters.scripted_provider import Answer, Provider

Build = Callable[..., Emx2Source]
Item = Record | Withdrawn | Rejected


@pytest.fixture
def emx2(provider: Provider) -> Emx2:
    return Emx2(provider)


@pytest.fixture
def build(provider: Provider, transport: Transport, sandbox: Sandbox) -> Build:
    """Build a source of the schema, unpaced; keywords are options."""

    def make(path: str = "/Eucaim", transport: Transport = transport, **options: str) -> Emx2Source:
        options = {"table": "Collections", **options} if path == "/Eucaim" else options
        config = SourceConfig("north", "emx2", provider.url + path, pace=0, options=options)
        source = make_source(config, transport, sandbox)
        assert isinstance(source, Emx2Source)
        return source

    return make


def harvest(source: Emx2Source, spool: Spool) -> tuple[Listing, list[Item]]:
    listing = source.listing(since=None, spool=spool)
    return listing, list(source.records(listing, spool=spool))


def names(items: list[Item]) -> list[str]:
    return [item.identifier.rpartition("=")[2] for item in items if isinstance(item, Record)]


def test_each_row_is_a_record_in_the_database_s_own_terms(emx2: Emx2, build: Build, spool: Spool) -> None:
    emx2.serve(emx2.row("id=a", 'name "A"'), emx2.row("id=b", 'name "B"'))
    listing, items = harvest(build(), spool)
    assert (listing.pages, listing.total, listing.proves_absence) == (1, None, True)
    assert [item.identifier for item in items] == [f"{emx2.api}/Collections?id={key}" for key in "ab"]
    assert {item.media_type for item in items if isinstance(item, Record)} == {MEDIA_TYPE}
    assert isinstance(items[0], Record)
    assert f'<{emx2.api}/Collections/column/name> "A"'.encode() in items[0].received
    assert b"Class" not in items[0].received


@pytest.mark.parametrize("path", ["/Eucaim/", "/Eucaim/api/rdf", "/Eucaim/api/rdf/Resources/"])
def test_the_address_is_the_schema_s_or_one_below(path: str, emx2: Emx2, build: Build, spool: Spool) -> None:
    emx2.serve(emx2.row("id=a", table="Resources"), table="Resources")
    _, items = harvest(build(path), spool)
    assert names(items) == ["a"]


@pytest.mark.parametrize("described", [True, False])
def test_an_empty_table_is_complete_and_empty(
    described: bool,  # noqa: FBT001  (a parameter of the test)
    emx2: Emx2,
    build: Build,
    spool: Spool,
) -> None:
    emx2.serve(described=described)
    listing, items = harvest(build(), spool)
    assert (listing.complete, items) == (True, [])


def test_other_triples_are_no_empty_table(emx2: Emx2, build: Build, spool: Spool) -> None:
    emx2.serve("<https://a.example/> rdfs:label 'x' .", described=False)
    with pytest.raises(NotMetadata, match=r"Collections: this is sound RDF, and neither a table"):
        build().listing(since=None, spool=spool)
    assert len(spool) == 0


def test_rows_with_one_slash_have_their_address_repaired_and_their_bytes_kept(
    provider: Provider, build: Build, spool: Spool
) -> None:
    emx2 = Emx2(provider, base="http:/node.example")
    emx2.serve(emx2.row("id=a", 'name "A"'))
    _, items = harvest(build(), spool)
    (record,) = items
    assert isinstance(record, Record)
    assert record.identifier == "http://node.example/Eucaim/api/rdf/Collections?id=a"
    assert b"<http:/node.example/Eucaim/api/rdf/Collections?id=a>" in record.received


def test_one_row_under_both_spellings_is_taken_once(provider: Provider, build: Build, spool: Spool) -> None:
    twice = (Emx2(provider, base=f"{scheme}node.example") for scheme in ("http:/", "http://"))
    rows = [one.row("id=a", 'name "A"') for one in twice]
    Emx2(provider).serve(*rows)
    _, items = harvest(build(), spool)
    assert [type(item) for item in items] == [Record, Rejected]


@pytest.mark.parametrize("key", ["id=", "id=TODO", "id=%20", ""])
def test_a_row_without_an_id_is_rejected_and_its_neighbours_are_not(
    key: str, emx2: Emx2, build: Build, spool: Spool
) -> None:
    emx2.serve(emx2.row(key, 'name "A"'), emx2.row("id=b", 'name "B"'))
    listing, items = harvest(build(), spool)
    (rejected,) = (item for item in items if isinstance(item, Rejected))
    assert rejected.reason == "the row has no id, or a placeholder for one"
    assert (names(items), rejected.identified, listing.complete) == (["b"], False, True)


def test_a_row_without_an_address_is_rejected(emx2: Emx2, build: Build, spool: Spool) -> None:
    emx2.serve(f"[] a <{emx2.api}/Collections> .")
    _, items = harvest(build(), spool)
    (rejected,) = items
    assert isinstance(rejected, Rejected)
    assert (rejected.identified, "row 1 of the table" in rejected.identifier) == (False, True)


def test_networks_and_organisations_are_no_datasets_and_are_counted(
    emx2: Emx2, build: Build, spool: Spool
) -> None:
    network = f"type {emx2.term('ResourceTypes', 'Network')}"
    emx2.serve(
        emx2.row("id=a", 'name "A"'),
        emx2.row("id=n", 'name "N"', network),
        emx2.row("id=o", 'name "O"', table="OrgUnitsOrBiobanks"),
        emx2.row("id=c", 'name "C"', terms="a dcat:Catalog"),
    )
    listing, items = harvest(build(), spool)
    assert names(items) == ["a"]
    assert [one.value for one in listing.findings] == ["Network", "OrgUnitsOrBiobanks", "Collections"]
    assert "1 of them were left out" in listing.findings[0].message


def test_only_the_types_that_are_asked_for_are_datasets(emx2: Emx2, build: Build, spool: Spool) -> None:
    kinds = {"a": "Cohort study", "b": "Biobank", "c": "Registry"}
    emx2.serve(
        *(emx2.row(f"id={key}", f"type {emx2.term('Types', kind)}") for key, kind in kinds.items()),
        emx2.row("id=d"),
    )
    _, items = harvest(build(type="cohort study, Registry"), spool)
    assert names(items) == ["a", "c"]


def test_a_row_that_says_it_is_withdrawn_is(emx2: Emx2, build: Build, spool: Spool) -> None:
    emx2.serve(emx2.row("id=a", "withdrawn true"), emx2.row("id=b", "withdrawn false"))
    _, items = harvest(build(), spool)
    assert [type(item) for item in items] == [Record, Withdrawn]
    assert items[1].identifier == f"{emx2.api}/Collections?id=a"


def test_rows_beside_tell_more_and_other_datasets_do_not(emx2: Emx2, build: Build, spool: Spool) -> None:
    publisher = f"<{emx2.api}/Roles?id=r>"
    organisation = f"<{emx2.api}/Organisations?id=o>"
    emx2.serve(
        emx2.row("id=a", f"publisher {publisher}", f"dataSources <{emx2.api}/Collections?id=b>"),
        emx2.row("id=b", 'name "another dataset"'),
    )
    emx2.serve(emx2.row("id=r", f"organisation {organisation}", table="Roles"), table="Roles")
    far = f"<{emx2.api}/Roles?id=far>"
    emx2.serve(
        emx2.row("id=o", 'name "UPV"', f"roles {far}", table="Organisations"),
        table="Organisations",
    )
    listing, items = harvest(build(beside="Roles,Organisations"), spool)
    assert isinstance(items[0], Record)
    assert (listing.pages, listing.proves_absence, len(items)) == (3, True, 2)
    assert b'"UPV"' in items[0].received
    assert b"another dataset" not in items[0].received


def test_the_order_of_a_document_makes_no_difference(emx2: Emx2, build: Build, tmp_path: Path) -> None:
    links = [f"<{emx2.api}/People?id={key}>" for key in "xyz"]
    people = [
        emx2.row("id=x", f"knows {links[1]}", table="People"),
        emx2.row("id=y", f"knows {links[2]}", table="People"),
        emx2.row("id=z", 'name "Z"', table="People"),
    ]
    emx2.serve(emx2.row("id=a", f"one {links[0]}", f"two {links[1]}"))
    received = set()
    for number, order in enumerate((people, people[::-1])):
        emx2.serve(*order, table="People")
        _, (record,) = harvest(build(beside="People"), Spool(tmp_path / str(number)))
        assert isinstance(record, Record)
        received.add(record.received)
    (bytes_,) = received
    assert b'"Z"' in bytes_


def test_a_later_table_that_fails_makes_the_list_incomplete(emx2: Emx2, build: Build, spool: Spool) -> None:
    emx2.serve(emx2.row("id=a"))
    listing, items = harvest(build(table="Collections,Cohorts"), spool)
    assert not listing.complete
    assert "/Cohorts" in listing.incomplete_because
    assert names(items) == ["a"]


def test_a_later_table_that_is_busy_says_when_to_come_back(
    emx2: Emx2, provider: Provider, build: Build, spool: Spool
) -> None:
    emx2.serve(emx2.row("id=a"))
    busy = Answer(status=503, headers={"Retry-After": "7"})
    provider.answers["/Eucaim/api/rdf/Cohorts"] = busy
    listing, _ = harvest(build(table="Collections,Cohorts"), spool)
    assert (listing.complete, listing.retry_after) == (False, 7.0)


@pytest.mark.parametrize("body", [b"<html>log in</html>", b"<http://a.example/> a <http://", b""])
def test_a_later_table_that_is_broken_makes_the_list_incomplete(
    body: bytes, emx2: Emx2, provider: Provider, build: Build, spool: Spool
) -> None:
    emx2.serve(emx2.row("id=a"))
    provider.answers["/Eucaim/api/rdf/Cohorts"] = Answer(body)
    listing, items = harvest(build(table="Collections,Cohorts"), spool)
    assert "/Cohorts" in listing.incomplete_because
    assert (names(items), len(spool)) == (["a"], 1)


@pytest.mark.parametrize("missing", [{"table": "Nothing"}, {"beside": "Nothing"}])
def test_without_the_first_table_or_one_beside_there_is_no_list(
    missing: dict[str, str], emx2: Emx2, build: Build, spool: Spool
) -> None:
    emx2.serve(emx2.row("id=a"))
    with pytest.raises(ProviderRefuses, match="/Nothing"):
        build(**missing).listing(since=None, spool=spool)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(b"<html>Please log in</html>", "text/html"), NotMetadata),
        (Answer(b'<http://a.example/> a <http://b.example/> .\n{"errors": []}'), NotMetadata),
        (Answer(b"", "text/turtle"), NotMetadata),
        (Answer(status=403), ProviderRefuses),
    ],
)
def test_an_answer_that_is_no_table_ends_the_run_with_the_reason(
    answer: Answer, error: type[HarvestError], provider: Provider, build: Build, spool: Spool
) -> None:
    provider.answers["/Eucaim/api/rdf/Collections"] = answer
    with pytest.raises(error, match="/Collections"):
        build().listing(since=None, spool=spool)


def test_a_row_in_two_tables_is_taken_once(emx2: Emx2, build: Build, spool: Spool) -> None:
    emx2.serve(emx2.row("id=a", 'name "A"'), emx2.row("id=b", 'name "B"'))
    emx2.serve(emx2.row("id=a", 'name "A"'), emx2.row("id=b", 'name "Other"'), table="Resources")
    _, items = harvest(build(table="Collections,Resources"), spool)
    assert names(items) == ["a", "b"]
    (rejected,) = (item for item in items if isinstance(item, Rejected))
    assert "in two tables" in rejected.reason


def test_unchanged_tables_are_not_sent_again_and_prove_no_absence(
    emx2: Emx2, provider: Provider, build: Build, tmp_path: Path
) -> None:
    emx2.serve(emx2.row("id=a"), ETag='"1"')
    hosts = [f"127.0.0.1:{provider.port}"]
    with Transport(allowed_private_hosts=hosts, memory=tmp_path / "memory") as transport:
        first, _ = harvest(build(transport=transport), Spool(tmp_path / "one"))
        again, items = harvest(build(transport=transport), Spool(tmp_path / "two"))
    assert (first.proves_absence, again.revalidated, again.proves_absence) == (True, True, False)
    assert (provider.asked[-1][1]["if-none-match"], names(items)) == ('"1"', ["a"])


def test_where_one_table_has_changed_the_other_is_asked_for_whole(
    emx2: Emx2, provider: Provider, build: Build, tmp_path: Path
) -> None:
    tables = "Collections,Cohorts"
    emx2.serve(emx2.row("id=a"), ETag='"1"')
    emx2.serve(emx2.row("id=b", table="Cohorts"), table="Cohorts", ETag='"1"')
    hosts = [f"127.0.0.1:{provider.port}"]
    with Transport(allowed_private_hosts=hosts, memory=tmp_path / "memory") as transport:
        harvest(build(table=tables, transport=transport), Spool(tmp_path / "one"))
        emx2.serve(emx2.row("id=c", table="Cohorts"), table="Cohorts", ETag='"2"')
        listing, items = harvest(build(table=tables, transport=transport), Spool(tmp_path / "two"))
    assert (listing.proves_absence, names(items)) == (True, ["a", "c"])


def test_a_run_that_was_cut_off_asks_only_for_what_is_missing(
    emx2: Emx2, provider: Provider, build: Build, spool: Spool
) -> None:
    emx2.serve(emx2.row("id=a"))
    source = build(table="Collections,Cohorts")
    source.listing(since=None, spool=spool)
    emx2.serve(emx2.row("id=b", table="Cohorts"), table="Cohorts")
    provider.asked.clear()
    listing, items = harvest(source, Spool(spool.folder))
    assert [path for path, _ in provider.asked] == ["/Eucaim/api/rdf/Cohorts"]
    assert (listing.complete, names(items)) == (True, ["a", "b"])


def test_rows_made_with_another_answer_beside_are_made_anew(emx2: Emx2, build: Build, spool: Spool) -> None:
    emx2.serve(emx2.row("id=a", f"contact <{emx2.api}/Contacts?id=c>"))
    emx2.serve(emx2.row("id=c", 'name "Old"', table="Contacts"), table="Contacts")
    source = build(beside="Contacts")
    harvest(source, spool)
    made = [spool.attached(page) for page in spool][1]
    assert made is not None
    emx2.serve(emx2.row("id=c", 'name "New"', table="Contacts"), table="Contacts")
    spool.page(1).path.write_bytes(b"damaged")  # type: ignore[union-attr]
    resumed = Spool(spool.folder)
    listing = source.listing(since=None, spool=resumed)
    second = resumed.page(2)
    assert second is not None
    resumed.attach(second, made)  # as a crash between two lines may leave it
    (record,) = source.records(listing, spool=resumed)
    assert isinstance(record, Record)
    assert b'"New"' in record.received


@pytest.mark.parametrize("option", ["table", "beside"])
@pytest.mark.parametrize("name", ["../x", "a/b", "a?b", "a#b", "."])
def test_a_table_is_a_name_and_no_way_elsewhere(option: str, name: str, build: Build) -> None:
    with pytest.raises(Terminal, match="is no name of a table"):
        build(**{option: name})


@pytest.mark.parametrize("path", ["/Eucaim/api/rdf/Collections?id=a", "/Eucaim#x"])
def test_the_address_of_a_row_is_refused(path: str, build: Build) -> None:
    with pytest.raises(Terminal, match="give the schema's address"):
        build(path)


def test_an_unknown_option_is_refused(build: Build) -> None:
    with pytest.raises(Terminal, match="has no option tables"):
        build(tables="x")


def test_a_row_beyond_the_limits_is_rejected_alone(emx2: Emx2, build: Build, spool: Spool) -> None:
    long = "x" * (pages.LONGEST_LITERAL + 1)
    many = " ; ".join(f'<{emx2.api}/Collections/column/c{number}> "x"' for number in range(50_001))
    emx2.serve(
        emx2.row("id=a", f'name "{long}"'),
        emx2.row("id=b", terms=many),
        emx2.row(f"id={'x' * 3000}"),
        emx2.row("id=d", 'name "D"'),
    )
    _, items = harvest(build(), spool)
    reasons = [item.reason for item in items if isinstance(item, Rejected)]
    assert names(items) == ["d"]
    assert [reason.split(" than ")[0] for reason in reasons] == [
        "a text in it is longer",
        "the dataset has more",
        "the row's address is longer",
    ]


def test_a_row_of_entangled_blank_nodes_costs_only_itself(
    emx2: Emx2, provider: Provider, transport: Transport, spool: Spool
) -> None:
    poison = linked(9, f"{emx2.api}/Collections?id=a").decode()
    emx2.serve(emx2.row("id=a"), poison, emx2.row("id=b", 'name "B"'))
    options = {"table": "Collections"}
    with Sandbox(seconds=1) as impatient:
        config = SourceConfig("north", "emx2", f"{provider.url}/Eucaim", pace=0, options=options)
        source = make_source(config, transport, impatient)
        listing = source.listing(since=None, spool=spool)
        items = list(source.records(listing, spool=spool))
    assert [type(item) for item in items] == [Rejected, Record]
    assert isinstance(items[0], Rejected)
    assert "too entangled" in items[0].reason


def test_rows_that_all_lead_to_one_large_row_are_stopped(
    emx2: Emx2, provider: Provider, transport: Transport, spool: Spool
) -> None:
    large = (f'c{number} "x"' for number in range(3_000))
    link = f"publisher <{emx2.api}/Agents?id=large>"
    emx2.serve(
        emx2.row("id=large", *large, table="Agents"),
        *(emx2.row(f"id={number}", link) for number in range(1_000)),
    )
    with Sandbox(seconds=0.3) as impatient:
        config = SourceConfig(
            "north", "emx2", f"{provider.url}/Eucaim", pace=0, options={"table": "Collections"}
        )
        with pytest.raises(LimitReached, match="took longer than"):
            make_source(config, transport, impatient).listing(since=None, spool=spool)


def test_a_dataset_in_dcat_stands_beside_the_rows(emx2: Emx2, build: Build, spool: Spool) -> None:
    dcat = '<https://node.example/d> a dcat:Dataset ; dct:title "D" ; dct:publisher [ foaf:name "P" ] .'
    emx2.serve(emx2.row("id=a"), dcat)
    _, items = harvest(build(), spool)
    assert [item.identifier for item in items][1] == "https://node.example/d"
    assert all(isinstance(item, Record) for item in items)
