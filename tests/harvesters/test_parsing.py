"""Which datasets are found on a page, and which pages are refused in which words."""

import pytest
from pyoxigraph import Literal

from harvesters.errors import NotMetadata
from harvesters.parsing import Page, canonical, read_page, split_page
from harvesters.parsing.documents import read_document

URL = "http://node.example/catalog.ttl"
DCAT = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . "
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#">'


def _turtle(text: str) -> Page:
    return read_page((DCAT + text).encode(), "text/turtle", URL)


def _iris(page: Page) -> list[str]:
    return [found.iri for found in page.datasets]


def test_datasets_come_in_the_order_of_the_document() -> None:
    assert _iris(_turtle("<z> a dcat:Dataset . <a> a dcat:Dataset .")) == [
        "http://node.example/z",
        "http://node.example/a",
    ]


def test_a_dataset_is_known_by_the_catalogues_link_alone() -> None:
    page = _turtle('<c> a dcat:Catalog ; dcat:dataset <a>, <elsewhere> . <a> dct:title "A" .')
    assert _iris(page) == ["http://node.example/a"]


def test_a_catalogue_that_is_typed_as_dataset_too_is_no_dataset() -> None:
    assert _iris(_turtle("<c> a dcat:Catalog, dcat:Dataset ; dcat:dataset <a> . <a> a dcat:Dataset .")) == [
        "http://node.example/a"
    ]


def test_a_record_holds_what_its_dataset_leads_to_and_not_the_neighbours() -> None:
    page = _turtle(
        '<c> a dcat:Catalog ; dct:title "C" ; dcat:dataset <a>, <b> .'
        '<a> a dcat:Dataset ; dct:publisher [ dct:title "P" ] ; dct:hasPart <a1> ; dct:relation <b>, <c> .'
        '<a1> dct:title "D" . <b> a dcat:Dataset ; dct:title "B" . <x> dct:title "X" .'
    )
    text = page.datasets[0].triples.decode()
    assert [title for title in "PDBCX" if f'"{title}"' in text] == ["P", "D"]


def test_the_order_and_labels_of_a_document_do_not_change_a_record() -> None:
    one = _turtle(
        "<a> a dcat:Dataset ; dct:publisher _:x . _:x dct:title 'P' ; dct:relation _:y . _:y dct:title 'Y' ."
    )
    two = _turtle(
        "_:y dct:title 'P' ; dct:relation _:x . _:x dct:title 'Y' . <a> dct:publisher _:y ; a dcat:Dataset ."
    )
    assert one.datasets == two.datasets


def test_a_split_page_becomes_the_same_by_canonical_form() -> None:
    text = (DCAT + "<a> a dcat:Dataset ; dct:publisher [ dct:title 'P' ] .").encode()
    (found,) = split_page(text, "text/turtle", URL).datasets
    assert canonical(found.triples) == read_page(text, "text/turtle", URL).datasets[0].triples


def test_a_dataset_without_address_is_named_by_its_catalogue_and_identifier() -> None:
    page = _turtle("<c> dcat:dataset [ dct:identifier 'set 1' ; dct:title 'A' ] .")
    assert _iris(page) == ["urn:catalogue:unnamed/http%3A%2F%2Fnode.example%2Fc/set%201"]
    assert b"_:" not in page.datasets[0].triples


def test_the_name_of_a_dataset_without_address_does_not_depend_on_its_page() -> None:
    text = (DCAT + "[] a dcat:Dataset ; dct:identifier '1' .").encode()
    first, second = (read_page(text, "text/turtle", f"{URL}?page={page}") for page in (1, 2))
    assert _iris(first) == _iris(second)


def test_a_dataset_without_address_and_identifier_is_rejected_with_the_reason() -> None:
    page = _turtle("[] a dcat:Dataset ; dct:title 'A' . <b> a dcat:Dataset .")
    assert _iris(page) == ["http://node.example/b"]
    assert "neither an address of its own nor a dct:identifier" in page.rejected[0].reason


@pytest.mark.parametrize("text", ["TODO", "n/a", " - ", "null", "0", "string", "NONE"])
def test_a_placeholder_names_no_dataset(text: str) -> None:
    page = _turtle(f"[] a dcat:Dataset ; dct:identifier '{text}' . <b> a dcat:Dataset .")
    assert _iris(page) == ["http://node.example/b"]
    assert ("is a placeholder" in page.rejected[0].reason, page.rejected[0].identified) == (True, False)


def test_a_placeholder_beside_an_identifier_does_no_harm() -> None:
    page = _turtle("<c> dcat:dataset [ dct:identifier 'TODO', '7' ] .")
    assert _iris(page) == ["urn:catalogue:unnamed/http%3A%2F%2Fnode.example%2Fc/7"]


@pytest.mark.parametrize("iri", ["urn:uuid:", "urn:TODO", "urn:x:n/a", "file:///C:/set", "about:blank"])
def test_an_address_that_any_machine_could_give_is_refused(iri: str) -> None:
    page = _turtle(f"<{iri}> a dcat:Dataset . <b> a dcat:Dataset .")
    assert _iris(page) == ["http://node.example/b"]
    assert [one.identifier for one in page.rejected] == [iri]


@pytest.mark.parametrize("iri", ["urn:uuid:19887a8a", "http://example.org/TODO", "doi:10.1/x"])
def test_an_address_of_its_own_is_kept_whatever_it_looks_like(iri: str) -> None:
    assert _iris(_turtle(f"<{iri}> a dcat:Dataset .")) == [iri]


@pytest.mark.parametrize(
    "text",
    [
        f"<http://e/{'x' * 3000}> a dcat:Dataset .",
        f"<c> dcat:dataset [ a dcat:Dataset ; dct:identifier '{'x' * 3000}' ] .",
    ],
    ids=["address", "identifier"],
)
def test_a_name_too_long_to_keep_is_told_by_its_place(text: str) -> None:
    (rejected,) = _turtle(text).rejected
    assert (rejected.identifier, rejected.identified) == (f"{URL} (dataset 1 of the page)", False)
    assert "longer than 2,048 characters" in rejected.reason


def test_bad_addresses_without_an_end_are_told_a_thousand_times() -> None:
    links = ",".join(f'{{"@id": "http://e/ {number}"}}' for number in range(3000))
    body = f'{{"@id": "http://e/a", "@type": "http://www.w3.org/ns/dcat#Dataset", "http://e/p": [{links}]}}'
    assert len(read_page(body.encode(), "application/ld+json", URL).findings) == 1000


def test_a_record_that_shares_its_datasets_address_makes_no_second_dataset() -> None:
    page = _turtle(
        "@prefix foaf: <http://xmlns.com/foaf/0.1/> . "
        "<c> a dcat:Catalog ; dcat:dataset <a> ; dcat:record <a> ."
        "<a> a dcat:Dataset, dcat:CatalogRecord ; dct:title 'A' ; foaf:primaryTopic <a> ."
    )
    assert (_iris(page), page.rejected) == (["http://node.example/a"], ())


@pytest.mark.parametrize(
    ("text", "is_catalogue"),
    [
        ("<a> a dcat:Dataset .", True),
        ("<c> a dcat:Catalog .", True),
        ("<c> dcat:dataset <elsewhere> .", True),
        ("<> a <http://www.w3.org/ns/hydra/core#PartialCollectionView> .", True),
        ("<x> dct:title 'out of service' .", False),
        ("", False),
    ],
)
def test_a_page_says_whether_it_belongs_to_a_catalogue(text: str, is_catalogue: bool) -> None:  # noqa: FBT001
    assert _turtle(text).is_catalogue is is_catalogue


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("<?page=1> h:last <?page=3> .", "http://node.example/catalog.ttl?page=3"),
        ("<?page=3> h:lastPage 'http://node.example/catalog.ttl?page=3' .", ""),
        ("<?page=3> h:totalItems 3 .", None),
    ],
)
def test_a_page_says_which_one_is_the_last(text: str, last: str | None) -> None:
    assert _turtle("@prefix h: <http://www.w3.org/ns/hydra/core#> . " + text).last == last


def test_the_total_of_the_pages_own_list_goes_before_that_of_another() -> None:
    page = _turtle(
        "@prefix h: <http://www.w3.org/ns/hydra/core#> . <services> h:totalItems 90 ."
        "<c> a h:Collection ; h:totalItems 3 ; h:view <> . <> a h:PartialCollectionView ."
    )
    assert page.total == 3


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (f"dct:title '{'x' * 1_000_001}'", "longer than 1,000,000 bytes"),
        (f"dct:relation <http://node.example/{'x' * 2048}>", "longer than 2,048 characters"),
        (
            f"dct:relation {','.join(f'<{number}>' for number in range(50_000))}",
            "more than 50,000 statements",
        ),
        (
            f"dct:description {','.join(chr(39) + str(number) * 900_000 + chr(39) for number in range(6))}",
            "longer than 5,000,000 bytes together",
        ),
    ],
    ids=["text", "address", "statements", "all"],
)
def test_a_dataset_beyond_a_limit_costs_only_itself(statement: str, reason: str) -> None:
    page = _turtle(f"<a> a dcat:Dataset ; {statement} . <b> a dcat:Dataset .")
    assert _iris(page) == ["http://node.example/b"]
    assert reason in page.rejected[0].reason


def test_https_spellings_of_dcat_are_understood() -> None:
    page = read_page(b"<http://e/a> a <https://www.w3.org/ns/dcat#Dataset> .", "text/turtle", URL)
    assert _iris(page) == ["http://e/a"]


@pytest.mark.parametrize("word", ["next", "nextPage"])
@pytest.mark.parametrize("link", ["<http://node.example/p2>", "'http://node.example/p2'", "'/p2'", "</p2>"])
def test_the_next_page_is_read_in_both_dialects_as_address_or_text(word: str, link: str) -> None:
    page = _turtle(f"<v> <http://www.w3.org/ns/hydra/core#{word}> {link} .")
    assert page.next == "http://node.example/p2"


def test_a_link_that_is_no_address_does_not_cost_the_page() -> None:
    page = _turtle("<a> a dcat:Dataset . <v> <http://www.w3.org/ns/hydra/core#next> 'http://[' .")
    assert (_iris(page), page.next) == (["http://node.example/a"], "http://[")


def test_an_endless_total_is_no_proof_of_a_complete_list() -> None:
    total = _turtle(f"<v> <http://www.w3.org/ns/hydra/core#totalItems> '{'9' * 5000}' .").total
    assert total is not None
    assert total > 100_000


def test_the_next_page_of_the_page_itself_goes_before_that_of_another() -> None:
    page = _turtle("@prefix h: <http://www.w3.org/ns/hydra/core#> . <a> h:next <wrong> . <> h:next <right> .")
    assert page.next == "http://node.example/right"


@pytest.mark.parametrize(
    "total", ["32", "'32'", "'32'^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>"]
)
def test_the_total_is_read_as_number_or_text(total: str) -> None:
    assert _turtle(f"<v> <http://www.w3.org/ns/hydra/core#totalItems> {total} .").total == 32


@pytest.mark.parametrize(
    ("media_type", "suffix", "body"),
    [
        ("text/turtle; charset=utf-8", "", "<http://e/a> a <http://www.w3.org/ns/dcat#Dataset> ."),
        ("application/octet-stream", ".nt", "<http://e/a> a <http://www.w3.org/ns/dcat#Dataset> ."),
        ("text/plain", "", "# a comment\n<http://e/a> a <http://www.w3.org/ns/dcat#Dataset> ."),
        ("text/html", "", "@prefix d: <http://www.w3.org/ns/dcat#> . <http://e/a> a d:Dataset ."),
        ("text/xml", "", f'<?xml version="1.0"?>{RDF}<dcat:Dataset rdf:about="http://e/a"/></rdf:RDF>'),
        ("text/xml", "", f'<?xml version="1.0"?><dcat:Dataset {RDF[9:-1]} rdf:about="http://e/a"/>'),
        ("", "", f'{RDF}<dcat:Dataset rdf:about="http://e/a"/></rdf:RDF>'),
        ("application/json", "", '{"@id": "http://e/a", "@type": "http://www.w3.org/ns/dcat#Dataset"}'),
        ("", ".jsonld", '[{"@id": "http://e/a", "@type": ["http://www.w3.org/ns/dcat#Dataset"]}]'),
    ],
)
def test_the_format_is_found_by_header_then_suffix_then_looks(
    media_type: str, suffix: str, body: str
) -> None:
    if suffix == ".nt":
        body = body.replace(" a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ")
    assert _iris(read_page(body.encode(), media_type, f"http://node.example/catalog{suffix}")) == [
        "http://e/a"
    ]


@pytest.mark.parametrize(
    ("says", "body"),
    [
        ("text/turtle", f'{RDF}<dcat:Dataset rdf:about="http://e/a"/></rdf:RDF>'),
        ("text/turtle", '{"@id": "http://e/a", "@type": "http://www.w3.org/ns/dcat#Dataset"}'),
        ("application/rdf+xml", "<http://e/a> a <http://www.w3.org/ns/dcat#Dataset> ."),
        ("application/ld+json", "<http://e/a> a <http://www.w3.org/ns/dcat#Dataset> ."),
    ],
)
def test_what_is_not_what_it_says_is_read_by_its_looks_with_a_finding(says: str, body: str) -> None:
    page = read_page(body.encode(), says, "http://node.example/catalog")
    assert _iris(page) == ["http://e/a"]
    assert [finding.value for finding in page.findings] == [says]


def test_an_inclusion_in_xml_is_not_followed() -> None:
    body = (
        f'{RDF[:-1]} xmlns:xi="http://www.w3.org/2001/XInclude"><dcat:Dataset rdf:about="http://e/a">'
        '<dcat:keyword rdf:parseType="Literal"><xi:include href="file:///etc/passwd" parse="text"/>'
        "</dcat:keyword></dcat:Dataset></rdf:RDF>"
    )
    page = read_page(body.encode(), "application/rdf+xml", "http://node.example/catalog")
    assert b"root:" not in page.datasets[0].triples


@pytest.mark.parametrize(
    ("charset", "encoded"), [("latin-1", "latin-1"), ("windows-1252", "windows-1252"), ("latin-1", "utf-8")]
)
def test_a_charset_is_for_what_is_no_utf_8(charset: str, encoded: str) -> None:
    body = (DCAT + "<a> dct:title 'Tümör' .").encode(encoded)
    (triple,) = read_document(body, "text/turtle", URL, charset=charset).triples
    assert triple.object == Literal("Tümör")


@pytest.mark.parametrize("size", [1, 999_999, 1_000_000, 1_000_001, 2_999_999])
def test_text_that_is_no_utf_8_is_told_with_its_line_however_far_it_is(size: int) -> None:
    body = DCAT.encode() + b"#" * size + "é\n".encode() + b"<a> dct:title 'T\xfcmor' ."
    with pytest.raises(NotMetadata, match=r"not utf-8 as it says \(line 2\)"):
        read_document(body, "text/turtle", URL)


def test_utf_16_is_known_by_its_mark() -> None:
    page = read_page((DCAT + "<a> a dcat:Dataset .").encode("utf-16"), "text/turtle", URL)
    assert _iris(page) == ["http://node.example/a"]


def test_a_context_that_is_named_twice_is_seen_twice() -> None:
    body = b'{"@context": "http://127.0.0.1:9/x", "@context": {}, "@id": "http://e/a"}'
    with pytest.raises(NotMetadata, match=r"127\.0\.0\.1:9/x, which is not fetched"):
        read_page(body, "application/ld+json", URL)


def test_a_hundred_comments_before_the_root_cost_no_time() -> None:
    body = (
        "<?xml version='1.0'?>"
        + "<!-- x -->" * 100
        + f"{RDF}<dcat:Dataset rdf:about='http://e/a'/></rdf:RDF>"
    )
    assert _iris(read_page(body.encode(), "text/xml", "http://node.example/catalog")) == ["http://e/a"]


def test_a_byte_order_mark_is_no_obstacle() -> None:
    page = read_page(b"\xef\xbb\xbf" + DCAT.encode() + b"<a> a dcat:Dataset .", "text/turtle", URL)
    assert _iris(page) == ["http://node.example/a"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_xml_in_another_encoding_is_read_as_it_declares(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{RDF}<dcat:Dataset rdf:about="http://e/é"/></rdf:RDF>'
    assert _iris(read_page(text.encode(encoding), "application/rdf+xml", URL)) == ["http://e/é"]


@pytest.mark.parametrize(
    ("media_type", "body", "words"),
    [
        ("text/html", "<!DOCTYPE html><html><body>Please log in</body></html>", "an HTML page"),
        ("text/turtle", "\n <!-- x --> <HTML lang='en'><form></form></HTML>", "an HTML page"),
        (
            "application/rdf+xml",
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
            "an HTML page",
        ),
        ("text/turtle", "  \n", "is empty"),
        ("application/pdf", "%PDF-1.7", "says that it is application/pdf, and it looks like no RDF"),
        ("", "hello", "does not say what it is"),
        ("text/turtle", "<a> a <b> ; <c> 'half a li", "the Turtle is broken"),
        ("text/turtle", "<a> a dcat:Dataset .", "prefix dcat: has not been declared"),
        ("application/rdf+xml", f"{RDF}<dcat:Dataset>", "the XML is broken: no element found: line 1"),
        ("application/ld+json", '{"@id": "http://e/a", ', "no sound JSON"),
        ("application/ld+json", '{"a":' * 100_000, "nested too deeply"),
        ("application/rdf+xml", f"<!DOCTYPE r>{RDF}</rdf:RDF>", "DOCTYPE or entities"),
        ("application/rdf+xml", f'{RDF}<!doctype r [<!ENTITY a "x">]></rdf:RDF>', "the XML is broken"),
        (
            "application/rdf+xml",
            "<?xml version='1.0' encoding='ebcdic-cp-be'?><r/>",
            "encoded as ebcdic-cp-be",
        ),
        ("application/rdf+xml", "<?xml version='1.0' encoding='utf-8'?>\udcff", "not utf-8 as it says"),
    ],
)
def test_a_page_that_is_no_rdf_is_refused_in_plain_words(media_type: str, body: str, words: str) -> None:
    with pytest.raises(NotMetadata, match=words) as caught:
        read_page(body.encode("utf-8", "surrogateescape"), media_type, "http://node.example/catalog")
    assert str(caught.value).startswith("http://node.example/catalog: ")


def test_a_doctype_inside_a_text_harms_nobody() -> None:
    body = (
        f"{RDF}<dcat:Dataset rdf:about='http://e/a'>"
        "<rdf:value><![CDATA[<!DOCTYPE html>]]></rdf:value></dcat:Dataset></rdf:RDF>"
    )
    assert _iris(read_page(body.encode(), "application/rdf+xml", URL)) == ["http://e/a"]


def test_a_context_that_would_have_to_be_fetched_is_named() -> None:
    body = b'{"@context": ["https://example.org/context.jsonld"], "@id": "http://e/a"}'
    with pytest.raises(NotMetadata, match=r"https://example\.org/context\.jsonld, which is not fetched"):
        read_page(body, "application/ld+json", URL)


@pytest.mark.parametrize(
    "body",
    [
        b'{"@id": "http://e/a", "http://e/p": {"@context": "http://127.0.0.1:9/x", "a": 1}}',
        b'{"@context": {"a": {"@id": "http://e/p", "@context": "http://127.0.0.1:9/x"}}, "a": {"b": 1}}',
        b'{"@context": {"@version": 1.1, "@import": "http://127.0.0.1:9/x"}, "a": 1}',
        b'{"@\\u0063ontext": "http://127.0.0.1:9/x", "a": 1}',
    ],
    ids=["nested", "scoped", "imported", "escaped"],
)
def test_no_context_is_fetched_wherever_it_stands(body: bytes) -> None:
    with pytest.raises(NotMetadata, match=r"127\.0\.0\.1:9"):
        read_page(body, "application/ld+json", URL)


def test_a_known_context_is_built_in() -> None:
    body = (
        b'{"@context": ["https://www.w3.org/2013/json-ld-context/rdfa11", "http://www.w3.org/ns/hydra/core#"],'
        b'"@id": "http://e/c", "next": "http://e/p2", "dcat:dataset": {"@id": "http://e/a", "dc:title": "A"}}'
    )
    page = read_page(body, "application/ld+json", URL)
    assert (_iris(page), page.next) == (["http://e/a"], "http://e/p2")


BAD_XML = (
    f"{RDF}<dcat:Dataset rdf:about='http://e/a b'><dcat:landingPage rdf:resource='http://[x'/>"
    "<dcat:keyword xml:lang='de_DE'>k</dcat:keyword></dcat:Dataset></rdf:RDF>"
)
BAD_JSON = (
    '{"@id": "http://e/a b", "@type": "http://www.w3.org/ns/dcat#Dataset",'
    '"http://www.w3.org/ns/dcat#landingPage": {"@id": "http://[x"},'
    '"http://www.w3.org/ns/dcat#keyword": {"@value": "k", "@language": "de_DE"}}'
)


@pytest.mark.parametrize(
    ("media_type", "body"), [("application/rdf+xml", BAD_XML), ("application/ld+json", BAD_JSON)]
)
def test_bad_addresses_and_language_tags_are_mended_with_a_finding(media_type: str, body: str) -> None:
    page = read_page(body.encode(), media_type, "http://node.example/catalog")
    text = page.datasets[0].triples.decode()
    assert _iris(page) == ["http://e/a%20b"]
    assert "landingPage> <http://%5Bx>" in text
    assert '"k"@de-' in text
    assert {"http://e/a b", "http://[x"} <= {finding.value for finding in page.findings}
