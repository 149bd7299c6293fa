"""What a concept's address gives to people, and in RDF to machines."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from catalogue.web.app import create_app
from ontologies.additions import Additions
from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.own_scheme import load_scheme
from tests.small_catalogue import fill, small_catalogue

Reading = Callable[[str], html.HtmlElement]
HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
SKOS = "http://www.w3.org/2004/02/skos/core#"
CIMG = "http://catalogue.test/terms#"
FORMATS = {
    "ttl": ("text/turtle", RdfFormat.TURTLE),
    "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
    "jsonld": ("application/ld+json", RdfFormat.JSON_LD),
    "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
}


@pytest.fixture(name="read")
def _read(rich_client: FlaskClient) -> Reading:
    def page(address: str) -> html.HtmlElement:
        answer = rich_client.get(address, headers=HTML)
        assert answer.status_code == 200, answer.text
        return html.fromstring(answer.text)

    return page


def words(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def section(page: html.HtmlElement, name: str) -> str:
    return words(page.xpath(f"//section[@aria-labelledby='{name}']")[0])


def said(body: bytes, form: RdfFormat, subject: str) -> set[tuple[str, str]]:
    quads = parse(body, format=form)
    return {(quad.predicate.value, str(quad.object)) for quad in quads if quad.subject == NamedNode(subject)}


def test_a_page_counts_what_a_search_for_the_concept_finds(rich_client: FlaskClient, read: Reading) -> None:
    total = rich_client.get("/api/v1/search?cancer=CLIN1000065").get_json()["total"]
    numbers = [words(one) for one in read("/concepts/CLIN1000065").xpath("//dl[@class='totals']//dd")]
    assert numbers[:2] == [f"{total['datasets']:,}", f"{total['patients']:,}"]
    assert total["datasets"] > 1


def test_the_root_of_an_axis_counts_all_that_state_anything_on_it(
    rich_client: FlaskClient, read: Reading
) -> None:
    page = read("/concepts/CLIN1007977")
    link = page.xpath("//section[@aria-labelledby='datasets']//a")[-1].get("href")
    total = rich_client.get(link.replace("/search", "/api/v1/search")).get_json()["total"]
    assert words(page.xpath("//dl[@class='totals']//dd")[0]) == str(total["datasets"])
    assert total["datasets"] > 4


def test_what_several_providers_offer_counts_once(rich_client: FlaskClient) -> None:
    """The duplicate has CT as well, and is no document of the index."""
    found = rich_client.get("/api/v1/concepts/IMG1000042").get_json()
    assert found["datasets"] == rich_client.get("/api/v1/search?modality=CT").get_json()["total"]["datasets"]


def test_a_page_says_which_names_nobody_has_reviewed(read: Reading, scheme: ConceptScheme) -> None:
    breast = scheme.get("CLIN1000060")
    assert breast is not None
    spanish = next(one for one in breast.labels if one.language == "es" and one.preferred)
    names = section(read("/concepts/CLIN1000060"), "names")
    assert f"Spanish {spanish.text}" in names
    assert ("not reviewed by a person" in names) == any(not one.reviewed for one in breast.labels)


def test_codes_lead_to_the_pages_of_systems_that_have_public_ones(read: Reading) -> None:
    links = {
        link.text: link.get("href")
        for link in read("/concepts/CLIN1000060").xpath("//section[@aria-labelledby='names']//dd/a")
    }
    assert links["C9335"] == "https://purl.obolibrary.org/obo/NCIT_C9335"
    assert links["1612"] == "https://purl.obolibrary.org/obo/DOID_1612"
    assert "254837009" not in links


def test_each_way_up_to_the_root_is_shown(read: Reading, scheme: ConceptScheme) -> None:
    ways = read("/concepts/IMG1000042").xpath("//section[@aria-labelledby='broader']//li")
    assert len(ways) > 1
    assert {words(way.xpath("./a")[0]) for way in ways} == {scheme.label("IMG1000009")}
    assert all(words(way).endswith("› Computed tomography") for way in ways)


def test_words_of_curated_mappings_are_listed_with_their_reason(read: Reading) -> None:
    found = section(read("/concepts/BP1000067"), "words")
    assert "Chest-Abdomen-Pelvis" in found
    assert "chosen by a person" in found
    assert "images each of them" in found


def test_what_makes_no_facet_value_has_no_counts(read: Reading) -> None:
    for code in ("human", "M-derived-object"):
        page = read(f"/concepts/{code}")
        assert not page.xpath("//dl[@class='totals']")
        assert not page.xpath("//section[@aria-labelledby='datasets']")


@pytest.mark.parametrize("axis", Axis)
def test_every_concept_of_every_axis_has_a_page(
    client: FlaskClient, scheme: ConceptScheme, axis: Axis
) -> None:
    for concept in scheme.on(axis)[::17]:
        answer = client.get(f"/concepts/{concept.code}", headers=HTML)
        assert answer.status_code == 200, concept.code


def test_every_code_can_stand_in_an_address(scheme: ConceptScheme) -> None:
    for concept in scheme:
        assert concept.code.replace("-", "").replace("_", "").isalnum(), concept.code


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("IMG1000026", 301),
        ("DICOM:CT", 302),
        ("https://cancerimage.eu/ontology/EUCAIM%23IMG1000042", 301),
        ("https://hyperontology.eucaim.cancerimage.eu/%23IMG1000042", 302),
        ("http://dicom.nema.org/resources/ontology/DCM/CT", 302),
    ],
)
def test_other_names_of_a_concept_lead_to_its_page(client: FlaskClient, name: str, status: int) -> None:
    answer = client.get(f"/concepts/{name}", headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (status, "/concepts/IMG1000042")
    assert client.get(f"/concepts/{name}.ttl").headers["Location"] == "/concepts/IMG1000042.ttl"


def test_an_iri_is_asked_for_in_the_query_string(client: FlaskClient) -> None:
    answer = client.get("/concepts?iri=EUCAIM_Hyper-Ontology_V1.0.CLIN1000075")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/concepts/CLIN1000075")


@pytest.mark.parametrize(
    "name", ["nothing", "CLIN999", "%3Cscript%3E", "..%2F..%2Fetc", "a" * 5000, "%E2%80%AE"]
)
def test_what_is_no_concept_is_not_found(client: FlaskClient, name: str) -> None:
    page = client.get(f"/concepts/{name}", headers=HTML)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<script" not in page.text
    problem = client.get(f"/concepts/{name}", headers={"Accept": "text/turtle"})
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert client.get(f"/concepts/{name}.nt").status_code == 404


@pytest.mark.parametrize(("suffix", "form"), FORMATS.items())
def test_a_concept_says_the_same_in_each_format(
    client: FlaskClient, suffix: str, form: tuple[str, RdfFormat]
) -> None:
    media_type, rdf = form
    by_suffix = client.get(f"/concepts/CLIN1000060.{suffix}")
    by_accept = client.get("/concepts/CLIN1000060", headers={"Accept": f"{media_type}, text/html;q=0.5"})
    assert by_suffix.mimetype == by_accept.mimetype == media_type
    assert by_suffix.data == by_accept.data
    assert "Accept" in by_accept.headers["Vary"]
    plain = client.get("/concepts/CLIN1000060.nt").data
    iri = "https://cancerimage.eu/ontology/EUCAIM#CLIN1000060"
    assert said(by_suffix.data, rdf, iri) == said(plain, RdfFormat.N_TRIPLES, iri) != set()


def test_a_page_goes_to_whoever_prefers_one(client: FlaskClient) -> None:
    answer = client.get("/concepts/CLIN1000060", headers={"Accept": "text/html, text/turtle;q=0.9"})
    assert answer.mimetype == "text/html"
    assert client.get("/concepts/CLIN1000060", headers={"Accept": "image/png"}).status_code == 406


def test_a_concept_in_rdf_has_its_names_apart_its_codes_and_its_place(
    client: FlaskClient, scheme: ConceptScheme
) -> None:
    breast = scheme.get("CLIN1000060")
    assert breast is not None
    found = said(client.get("/concepts/CLIN1000060.nt").data, RdfFormat.N_TRIPLES, breast.iri)
    assert (f"{SKOS}prefLabel", '"Breast cancer"@en') in found
    assert (f"{SKOS}notation", '"CLIN1000060"') in found
    assert (f"{SKOS}notation", '"DOID:1612"') in found
    assert (f"{SKOS}broader", "<https://cancerimage.eu/ontology/EUCAIM#CLIN1000078>") in found
    assert (f"{SKOS}inScheme", "<http://catalogue.test/concepts/cancer#scheme>") in found
    for label in breast.labels:
        predicate = f"{SKOS}prefLabel" if label.reviewed else f"{CIMG}draftLabel"
        if label.preferred:
            assert (predicate, str(Literal(label.text, language=label.language))) in found
    children = {scheme.get(code).iri for code in scheme.children("CLIN1000060")}  # type: ignore[union-attr]
    assert {value for name, value in found if name == f"{SKOS}narrower"} == {f"<{iri}>" for iri in children}


def test_the_names_under_which_our_own_concepts_are_served_answer(
    client: FlaskClient, scheme: ConceptScheme
) -> None:
    own = next(one for one in scheme if one.iri.startswith("urn:catalogue:"))
    served = f"/concepts/{own.iri.removeprefix('urn:catalogue:concepts/')}"
    body = client.get(served, headers={"Accept": "application/n-triples"}).data
    assert said(body, RdfFormat.N_TRIPLES, f"http://catalogue.test{served}")
    assert b"urn:catalogue:" not in body


@pytest.mark.parametrize("axis", Axis)
def test_the_address_of_a_scheme_gives_the_whole_of_it(
    client: FlaskClient, scheme: ConceptScheme, axis: Axis
) -> None:
    body = client.get(f"/concepts/{axis}", headers={"Accept": "application/n-triples"}).data
    quads = list(parse(body, format=RdfFormat.N_TRIPLES))
    labelled = {quad.subject.value for quad in quads if quad.predicate.value == f"{SKOS}notation"}
    assert len(labelled) == len(scheme.on(axis))
    about = said(body, RdfFormat.N_TRIPLES, f"http://catalogue.test/concepts/{axis}#scheme")
    assert {"http://purl.org/dc/terms/title", f"{SKOS}hasTopConcept"} <= {name for name, _ in about}


def test_the_credit_of_the_hyperontology_stands_on_the_page_and_in_the_rdf(
    client: FlaskClient, read: Reading
) -> None:
    assert "CC BY 4.0" in words(read("/concepts/CLIN1000060").xpath("//aside")[0])
    body = client.get("/concepts/CLIN1000060.nt").text
    assert "<https://creativecommons.org/licenses/by/4.0/>" in body
    assert "<https://doi.org/10.5281/zenodo.10777925>" in body


def test_unchanged_rdf_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/concepts/cancer.ttl").headers["ETag"]
    assert client.get("/concepts/cancer.ttl", headers={"If-None-Match": tag}).status_code == 304


def test_all_axes_are_listed_and_each_has_its_tree(read: Reading, scheme: ConceptScheme) -> None:
    links = [link.get("href") for link in read("/concepts").xpath("//tbody//th/a")]
    assert links == [f"/concepts?axis={axis}" for axis in Axis]
    for axis in Axis:
        shown = {link.get("href") for link in read(f"/concepts?axis={axis}").xpath("//ul[@class='tree']//a")}
        assert shown == {f"/concepts/{one.code}" for one in scheme.on(axis)}


def test_a_concept_is_looked_up_by_name_or_code(read: Reading) -> None:
    for words_ in ("malignant neoplasm of lung", "DOID:1324"):
        first = read(f"/concepts?q={words_}").xpath("//tbody/tr/th/a")[0]
        assert first.get("href") == "/concepts/CLIN1000065"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("axis=nonsense", "axis"),
        ("q=" + "a" * 401, "q"),
        ("nonsense=1", "nonsense"),
        ("axis=cancer&axis=sex", "axis"),
    ],
)
def test_a_wrong_parameter_of_the_list_is_named(client: FlaskClient, query: str, parameter: str) -> None:
    answer = client.get(f"/concepts?{query}", headers={"Accept": "application/problem+json"})
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)


def test_a_value_on_a_dataset_s_page_leads_to_its_concept(read: Reading) -> None:
    links = read("/datasets/lung000001").xpath("//section[@aria-labelledby='mapped']//a[@class='code']/@href")
    assert "/concepts/CLIN1000065" in links


def test_a_tree_deeper_than_a_page_can_nest_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    codes = ["CLIN1007977", *(f"X_{n}" for n in range(400))]
    deep = tuple(
        Concept(code, f"urn:test:{code}", Axis.CANCER, f"growth {code}", parents=(above,), release="X 1")
        for above, code in pairwise(codes)
    )
    scheme = load_scheme(Additions(concepts=deep))
    fill(tmp_path, scheme)
    client = create_app(small_catalogue(tmp_path, scheme)).test_client()
    page = client.get("/concepts?axis=cancer")
    assert page.status_code == 200
    assert "/concepts/X_50" in page.text
    assert client.get("/concepts/X_399").status_code == 200
