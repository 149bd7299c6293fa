"""Which texts are let through to the graph."""

import copy
import pickle
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import catalogue
from catalogue.errors import BadRequest, QueryRefused, QueryTooLong
from catalogue.model.admitted import AdmittedQuery, QueryKind
from catalogue.sparql.admission import MOST_BYTES, admit
from catalogue.sparql.examples import EXAMPLES, Example

SERVICE_SPELLINGS = {
    "plain": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "lower case": "SELECT * { service <http://127.0.0.1/> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://127.0.0.1/> { ?s ?p ?o } }",
    "a comment between": "SELECT * { SERVICE#\n<http://127.0.0.1/>#\n{ ?s ?p ?o } }",
    "a variable": "SELECT * { ?s ?p ?v SERVICE ?v { ?s ?p ?o } }",
    "in OPTIONAL": "SELECT * { OPTIONAL { SERVICE <http://127.0.0.1/> { ?s ?p ?o } } }",
    "in UNION": "SELECT * { {} UNION { SERVICE <http://127.0.0.1/> { ?s ?p ?o } } }",
    "in a sub-select": "SELECT * { { SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } } } }",
    "in EXISTS": "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1/> { ?s ?p ?o } } }",
    "in MINUS": "SELECT * { MINUS { SERVICE <http://127.0.0.1/> { ?s ?p ?o } } }",
    "in CONSTRUCT": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    # The engine reads all of these as SERVICE.
    "glued to SILENT": "SELECT * { SERVICESILENT<http://127.0.0.1/>{ ?s ?p ?o } }",
    "glued to a name": "PREFIX : <http://127.0.0.1/> SELECT * { SERVICE:x{ ?s ?p ?o } }",
    "glued to a prefix": "PREFIX e: <http://127.0.0.1/> SELECT * { SERVICEe:x{ ?s ?p ?o } }",
    "glued to a number": "SELECT * { ?s ?p 1SERVICE<http://127.0.0.1/>{ ?s ?p ?o } }",
    "after a sign that begins no IRI": "SELECT * { ?s ?p ?a FILTER(?a<?b)SERVICE?v#>\n{ ?s ?p ?o } }",
    "between what may be a comment": 'SELECT * { FILTER(?a<?b#>"""\n)SERVICE ?v { ?s ?p ?o }#"""\n}',
    "between what may be a string": "SELECT * { FILTER(?a<'x>y')SERVICE ?v { ?s ?p ?o } #'\n}",
    "behind an escape that fails": 'SELECT * { VALUES ?x { """a" } SERVICE ?v {} #\\uD800""" }',
}
UPDATES = (
    "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "DELETE WHERE { ?s ?p ?o }",
    "PREFIX e: <urn:e> INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
    "LOAD <http://127.0.0.1/>",
    "clear all",
    "DROP ALL",
    "CREATE GRAPH <urn:g>",
    "ADD <urn:a> TO <urn:b>",
    "MOVE <urn:a> TO <urn:b>",
    "COPY <urn:a> TO <urn:b>",
    "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "SELECT * {} ; DROP ALL",
)
HARMLESS = (
    'SELECT * { ?service ?p "SERVICE <http://x/> { }" } # SERVICE and LOAD',
    "PREFIX service: <urn:x> SELECT * { GRAPH service:x { ?s service:service <http://x/service#load> } }",
    'SELECT * { ?s ?p """a service\nin "two" lines""" , \'INSERT\' }',
    "SELECT * { ?s ?p 'x'@en , 1.5e3 , .5 , -2 . _:b.c ?p true }",
    "ASK { ?a :p/:q*|^:r?/!(a|^b:c) ( 1 2 <http://x/y#z> 'z' ) }",
    "SELECT * { ?x ?y ?z FILTER(?a<?b && ?c > ?d || ?x IN (" + ",".join(map(str, range(300))) + ")) }",
    "SELECT * { VALUES (?a ?b) {" + " (<urn:a#service> 1)" * 500 + " } }",
    "SELECT" + " " * 60_000 + "* {}",
    "BASE <http://x/> SELECT * WHERE{?s?p?o}LIMIT 1",
    "SELECT * { <a\\u0042#> ?p ex:with\\,escape%20s }",
)
BOMBS = {
    "braces": "SELECT * " + "{" * 3_000 + "}" * 3_000,
    "round brackets": "SELECT (" + "(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) {}",
    "square brackets": "SELECT * { ?s ?p " + "[ ?p " * 3_000 + "1" + "]" * 3_000 + "}",
    "signs": "SELECT (" + "!" * 10_000 + "true AS ?x) {}",
    "unions": "SELECT * {" + "UNION".join(["{}"] * 8_000) + "}",
    "patterns": "SELECT * {" + "?s ?p ?o ." * 200 + "}",
    "patterns of one subject": "SELECT * { ?s " + "; ".join(["?p ?o"] * 200) + "}",
    "path steps": "SELECT * { ?s " + "/".join(["<urn:p>"] * 1_000) + " ?o }",
    "a list": "SELECT * { ?s ?p (" + "1 " * 1_000 + ") }",
    "a chain": "SELECT * { FILTER(" + "||".join(["?a"] * 10_000) + ") }",
    "quoted triples": "SELECT * { " + "<<" * 5_000 + "}",
}


@pytest.mark.parametrize("text", SERVICE_SPELLINGS.values(), ids=SERVICE_SPELLINGS)
def test_no_query_asks_another_service(text: str) -> None:
    with pytest.raises(QueryRefused):
        admit(text)


@pytest.mark.parametrize("text", UPDATES)
def test_no_update_is_admitted(text: str) -> None:
    with pytest.raises(QueryRefused, match="read only"):
        admit(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_is_admitted(text: str) -> None:
    assert admit(text).text == text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_is_admitted(example: Example) -> None:
    assert admit(example.text).kind


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_text_that_would_bring_the_parser_down_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(QueryRefused, match=r"^line 1, column \d+: "):
        admit(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("select * {}", QueryKind.SELECT),
        ("PREFIX ask: <urn:x> # SELECT\nASK {}", QueryKind.ASK),
        ("CONSTRUCT { ?s ?p ?o } { { SELECT * { ?s ?p ?o } } }", QueryKind.CONSTRUCT),
        ("DESCRIBE <urn:x>", QueryKind.DESCRIBE),
    ],
)
def test_the_kind_is_told_by_the_first_keyword(text: str, kind: QueryKind) -> None:
    assert admit(text).kind is kind


@pytest.mark.parametrize("text", ["", "# nothing", "PREFIX e: <urn:e>", "FIND ME", "{}"])
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(QueryRefused, match="begins with SELECT"):
        admit(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT *\n{ ?s ?p", "line 2, column 1: this {"),
        ("SELECT * { ?s ?p ?o ] }", "column 21: nothing"),
        ('SELECT * { ?s ?p "open }', "column 18: '\"'"),
        ("SELECT * { ?s ?p ?o } }", "column 23: nothing"),
        ("SELECT * { ?s \\u0070 ?o }", "column 15"),
        ("SELECT * FROM <urn:g> {}", "column 10: FROM"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, place: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        admit(text)
    assert place in str(caught.value)


def test_a_query_may_be_long_but_not_longer() -> None:
    text = "ASK {} #"
    assert admit(text.ljust(MOST_BYTES, "x"))
    with pytest.raises(QueryTooLong):
        admit(text.ljust(MOST_BYTES + 1, "x"))
    with pytest.raises(QueryTooLong):
        admit(text.ljust(MOST_BYTES // 2 + 5, "é"))


def test_nobody_else_makes_an_admitted_query() -> None:
    with pytest.raises(TypeError):
        AdmittedQuery("DROP ALL", QueryKind.SELECT, (), (), seal=object())


def test_an_admitted_query_cannot_be_given_another_text() -> None:
    with pytest.raises((TypeError, ValueError)):
        replace(admit("ASK {}"), text="DROP ALL")  # type: ignore[call-arg]
    assert copy.copy(admit("ASK {}")).text == "ASK {}"
    assert pickle.loads(pickle.dumps(admit("ASK {}"))).text == "ASK {}"  # noqa: S301 - our own bytes


def test_only_admission_holds_the_seal() -> None:
    package = Path(catalogue.__file__).parent
    holders = {path.name for path in package.rglob("*.py") if "_SEAL" in path.read_text("utf-8")}
    assert holders == {"admitted.py", "admission.py"}


FRAGMENTS = st.sampled_from(
    [
        *("SERVICE", "service", "<urn:a>", "<?b", "?v", "{", "}", "(", ")", '"', '"""', "'", "#", "\n", " "),
        *("FILTER", "VALUES", "?a", "1", ":x", "e:x", "\\u0022", "<", ">", ".", "SILENT", "||", "_:b", "@en"),
    ]
)


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_any_mixture_is_admitted_or_refused_and_nothing_else(text: str) -> None:
    with suppress(BadRequest):
        assert admit("SELECT * { " + text).kind is QueryKind.SELECT
