"""Whether the OAI-PMH node keeps to the protocol, and its records to the schemas of their formats."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from catalogue.sample.facts import analysis_results, collections
from catalogue.sample.nodes import NODES
from catalogue.sample.oai_node import OaiNode
from catalogue.sample.payloads import FORMATS

ADDRESS = "http://127.0.0.1:8901"
NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
OAI = "{http://www.openarchives.org/OAI/2.0/}"
DATACITE = "{http://datacite.org/schema/kernel-4}"
NODE = next(spec for spec in NODES if isinstance(spec, OaiNode))
REPOSITORY = NODE.repository(ADDRESS)
SCHEMAS = {
    "http://www.openarchives.org/OAI/2.0/": "OAI-PMH.xsd",
    "http://www.openarchives.org/OAI/2.0/oai-identifier": "oai-identifier.xsd",
    "http://www.openarchives.org/OAI/2.0/oai_dc/": "oai_dc.xsd",
    "http://schema.datacite.org/oai/oai-1.1/": "datacite/oai-1.1.xsd",
    "http://datacite.org/schema/kernel-4": "datacite/kernel-4.7/metadata.xsd",
}
EVERYTHING = 21 + 26 + 1


def asked(*arguments: tuple[str, str]) -> etree._Element:
    return etree.fromstring(REPOSITORY.answer(arguments, NOW))


def error(*arguments: tuple[str, str]) -> str | None:
    found = asked(*arguments).find(f"{OAI}error")
    assert found is not None
    return found.get("code")


def records(*arguments: tuple[str, str], verb: str = "ListRecords") -> list[list[etree._Element]]:
    """The records of each page, by following the tokens."""
    answer = asked(("verb", verb), *arguments)
    pages = []
    while True:
        listed = answer[-1]
        pages.append([child for child in listed if child.tag != f"{OAI}resumptionToken"])
        token = listed.findtext(f"{OAI}resumptionToken")
        if not token:
            return pages
        answer = asked(("verb", verb), ("resumptionToken", token))


def identifiers(pages: list[list[etree._Element]]) -> list[str]:
    found = [element.findtext(f".//{OAI}identifier") for page in pages for element in page]
    return [(text or "").rpartition(":")[2] for text in found]


class _Beside(etree.Resolver):
    """What a schema imports from the network lies beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    # lxml's published types lag behind: its documentation has the context and resolve_filename.
    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]  # noqa: ARG002
        if not system_url.startswith("http"):
            return None
        path = str(self._folder / system_url.rsplit("/", 1)[1])
        return self.resolve_filename(path, context)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> etree.XMLSchema:
    """The protocol with all formats in one: its wildcards are strict."""
    folder = shared_data / "schemas"
    reader = etree.XMLParser(no_network=True)
    reader.resolvers.add(_Beside(folder))
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{(folder / file).as_uri()}"/>'
        for namespace, file in SCHEMAS.items()
    )
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text, reader))


@pytest.mark.parametrize(
    "arguments",
    [
        [("verb", "Identify")],
        [("verb", "ListMetadataFormats")],
        [("verb", "ListSets")],
        [("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc")],
        [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("set", "collections")],
        [("verb", "ListRecords"), ("metadataPrefix", "oai_datacite"), ("from", "2024-01-01")],
        [
            ("verb", "GetRecord"),
            ("metadataPrefix", "oai_dc"),
            ("identifier", "oai:trials.node.example:eay131"),
        ],
        [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("set", "nothing")],
        [("verb", "Nonsense & more")],
    ],
)
def test_answers_are_valid(schema: etree.XMLSchema, arguments: list[tuple[str, str]]) -> None:
    schema.assertValid(asked(*arguments))


@pytest.mark.parametrize("prefix", FORMATS)
def test_every_record_is_valid_in_every_format(schema: etree.XMLSchema, prefix: str) -> None:
    for page in records(("metadataPrefix", prefix)):
        for record in page:
            for payload in record.iterfind(f"{OAI}metadata/*"):
                schema.assertValid(payload)
            for resource in record.iter(f"{DATACITE}resource"):
                schema.assertValid(resource)


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_tokens_lead_through_pages_of_ten_to_the_end(verb: str) -> None:
    pages = records(("metadataPrefix", "oai_dc"), verb=verb)
    assert [len(page) for page in pages] == [10, 10, 10, 10, 8]
    assert len(set(identifiers(pages))) == EVERYTHING


def test_a_list_says_how_long_it_is_and_ends_in_an_empty_token() -> None:
    first = asked(("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("set", "analysis"))
    token = first.find(f".//{OAI}resumptionToken")
    assert token is not None
    assert (token.get("completeListSize"), token.get("cursor")) == ("26", "0")
    second = asked(("verb", "ListRecords"), ("resumptionToken", token.text or ""))
    last = asked(
        ("verb", "ListRecords"), ("resumptionToken", second.findtext(f".//{OAI}resumptionToken") or "")
    )
    end = last.find(f".//{OAI}resumptionToken")
    assert end is not None
    assert (end.text, end.get("cursor")) == (None, "20")


def test_a_list_of_one_page_has_no_token() -> None:
    answer = asked(("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("set", "collections:nctn"))
    assert answer.find(f".//{OAI}resumptionToken") is None


def test_the_set_of_collections_holds_those_of_all_programmes() -> None:
    found = identifiers(records(("metadataPrefix", "oai_dc"), ("set", "collections")))
    assert sorted(found) == sorted([*NODE.offered()["idc-trials"], "withdrawn_pilot"])


def test_the_set_of_results_holds_all_of_them() -> None:
    found = identifiers(records(("metadataPrefix", "oai_datacite"), ("set", "analysis")))
    assert sorted(found) == [item.id for item in analysis_results()]


def test_every_set_of_a_record_is_listed() -> None:
    listed = {element.text for element in asked(("verb", "ListSets")).iter(f"{OAI}setSpec")}
    used = {
        element.findtext(f".//{OAI}setSpec")
        for page in records(("metadataPrefix", "oai_dc"))
        for element in page
    }
    assert listed == {*used, "collections"}


def test_a_deleted_record_is_a_header_and_no_collection() -> None:
    pages = records(("metadataPrefix", "oai_dc"), ("set", "collections:cmb"))
    deleted = [record for page in pages for record in page if record[0].get("status") == "deleted"]
    assert [len(record) for record in deleted] == [1]
    assert identifiers([deleted]) == ["withdrawn_pilot"]
    known = {item.id for item in collections()} | {item.id for item in analysis_results()}
    assert not set(identifiers([deleted])) & known


def test_from_and_until_include_their_day() -> None:
    day = ("2026-02-16", "eay131")
    found = identifiers(records(("metadataPrefix", "oai_dc"), ("from", day[0]), ("until", day[0])))
    assert found == [day[1]]


def test_a_token_keeps_days_and_set() -> None:
    within = [("from", "2026-01-01"), ("set", "collections")]
    found = identifiers(records(("metadataPrefix", "oai_dc"), *within))
    wanted = {item.id for item in collections() if (item.updated or NOW.date()).year == 2026}
    assert len(found) > 10
    assert set(found) == wanted & set(NODE.offered()["idc-trials"])


def test_sizes_state_patients_and_studies() -> None:
    known = {item.id: (item.patients, item.studies) for item in collections()}
    known |= {item.id: (item.patients, item.studies) for item in analysis_results()}
    pages = records(("metadataPrefix", "oai_datacite"))
    for record in (record for page in pages for record in page if len(record) == 2):
        patients, studies = known[identifiers([[record]])[0]]
        sizes = [element.text for element in record.iter(f"{DATACITE}size")]
        assert sizes[:2] == [f"{patients} patients", f"{studies} studies"]


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("badVerb", []),
        ("badVerb", [("verb", "Identify"), ("verb", "Identify")]),
        ("badVerb", [("verb", "identify")]),
        ("badArgument", [("verb", "Identify"), ("extra", "1")]),
        ("badArgument", [("verb", "ListRecords")]),
        ("badArgument", [("verb", "GetRecord"), ("metadataPrefix", "oai_dc")]),
        ("badArgument", [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("from", "2024-02-30")]),
        (
            "badArgument",
            [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("from", "2024-01-01T00:00:00Z")],
        ),
        (
            "badArgument",
            [
                ("verb", "ListRecords"),
                ("metadataPrefix", "oai_dc"),
                ("from", "2025-01-01"),
                ("until", "2024-01-01"),
            ],
        ),
        ("badArgument", [("verb", "ListMetadataFormats"), ("identifier", "a\x00b")]),
        (
            "badArgument",
            [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("resumptionToken", "cursor=10")],
        ),
        ("badResumptionToken", [("verb", "ListRecords"), ("resumptionToken", "made up")]),
        (
            "badResumptionToken",
            [("verb", "ListRecords"), ("resumptionToken", "metadataPrefix=oai_dc&cursor=5000")],
        ),
        ("badResumptionToken", [("verb", "ListSets"), ("resumptionToken", "cursor=10")]),
        ("cannotDisseminateFormat", [("verb", "ListRecords"), ("metadataPrefix", "marc21")]),
        (
            "idDoesNotExist",
            [
                ("verb", "GetRecord"),
                ("metadataPrefix", "oai_dc"),
                ("identifier", "oai:trials.node.example:x"),
            ],
        ),
        ("noRecordsMatch", [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("set", "collection")]),
        ("noRecordsMatch", [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("until", "1999-12-31")]),
    ],
)
def test_each_error_has_its_code(code: str, arguments: list[tuple[str, str]]) -> None:
    assert error(*arguments) == code


def test_identify_tells_granularity_and_how_deletions_are_kept() -> None:
    answer = asked(("verb", "Identify"))
    told = {name: answer.findtext(f".//{OAI}{name}") for name in ("granularity", "deletedRecord")}
    assert told == {"granularity": "YYYY-MM-DD", "deletedRecord": "persistent"}
    stamps = [
        element.text
        for page in records(("metadataPrefix", "oai_dc"), verb="ListIdentifiers")
        for header in page
        for element in header.iter(f"{OAI}datestamp")
    ]
    assert answer.findtext(f".//{OAI}earliestDatestamp") == min(filter(None, stamps))
    assert stamps == sorted(filter(None, stamps))


def test_the_request_is_repeated_but_for_bad_arguments() -> None:
    good = asked(("verb", "ListRecords"), ("metadataPrefix", "marc21")).find(f"{OAI}request")
    bad = asked(("verb", "Identify"), ("x", "1")).find(f"{OAI}request")
    assert good is not None
    assert bad is not None
    assert sorted(good.attrib.items()) == [("metadataPrefix", "marc21"), ("verb", "ListRecords")]
    assert len(bad.attrib) == 0


def test_sources_name_one_set_each_and_results_are_derived() -> None:
    collected, derived = NODE.sources(ADDRESS)
    assert (collected.id, collected.kind) == ("idc-trials", "oai_pmh")
    assert collected.options == {"prefix": "oai_datacite", "set": "collections"}
    assert (derived.id, derived.url) == ("idc-analysis", collected.url)
    assert derived.options == {"prefix": "oai_datacite", "set": "analysis", "derived": "true"}
