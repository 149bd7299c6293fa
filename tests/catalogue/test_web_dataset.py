"""What the pages and the API say of duplicates, derived and invented data, counts per value and quality."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from flask.testing import FlaskClient
from lxml import html

from catalogue.model.dataset import AlignedValue
from catalogue.web.app import create_app
from catalogue.web.doors import doors
from catalogue.web.links import Links
from ontologies.concepts import Axis
from tests.rich_catalogue import DOI
from tests.small_catalogue import Shown, SmallCatalogue

Reading = Callable[[str], html.HtmlElement]


@pytest.fixture(name="read")
def _read(rich_client: FlaskClient) -> Reading:
    def page(address: str) -> html.HtmlElement:
        return html.fromstring(rich_client.get(address, headers={"Accept": "text/html"}).text)

    return page


def _words(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _notices(page: html.HtmlElement) -> str:
    return " ".join(_words(one) for one in page.xpath("//p[contains(@class, 'notice')]"))


def _states(page: html.HtmlElement) -> list[str]:
    return [_words(one) for one in page.xpath("//header//span[contains(@class, 'state')]")]


def test_an_invented_dataset_says_so_above_everything_else(read: Reading) -> None:
    page = read("/datasets/fict000011")
    assert "Fictional" in _states(page)
    assert "Its patients do not exist" in _notices(page)


def test_an_invented_hit_is_marked_and_not_counted(read: Reading) -> None:
    hit = read("/search?q=invented").xpath("//li[@class='hit']")[0]
    assert _words(hit.xpath(".//div[@class='meta']")[0]).startswith("Fictional Dream hospital")
    assert (
        _words(hit.xpath("./div[@class='counts']")[0]) == "500 patients invented, never counted 600 studies"
    )


def test_a_derived_hit_says_that_its_patients_are_counted_elsewhere(read: Reading) -> None:
    hit = read("/search?q=segmentations").xpath("//li[@class='hit']")[0]
    assert "Derived" in _words(hit.xpath(".//div[@class='meta']")[0])
    assert "derived, not counted again" in _words(hit)


def test_what_was_stated_of_invented_patients_enters_no_number(rich_client: FlaskClient) -> None:
    values = rich_client.get("/api/v1/search").get_json()["facets"]["modality"]["values"]
    magnetic = next(value for value in values if value["label"] == "Magnetic resonance imaging")
    assert (magnetic["patients_stated"], magnetic["datasets_stated"]) == (None, 0)


def test_the_provider_of_invented_data_is_marked_wherever_it_is_named(read: Reading) -> None:
    assert "Fictional" in _words(read("/providers/dream").xpath("//h1")[0])
    assert "invented" in _notices(read("/providers/dream"))
    rows = [_words(row) for row in read("/").xpath("//th[@scope='row' and @data-label='Provider']")]
    assert rows == ["North node", "South node", "Dream hospital Fictional"]


def test_a_provider_of_real_data_carries_no_such_mark(read: Reading) -> None:
    assert "Fictional" not in read("/providers/north").text_content()


def test_what_changed_last_is_never_invented(read: Reading) -> None:
    titles = read("/").xpath("//section[@aria-labelledby='newest']//h3/a/text()")
    assert len(titles) == 3
    assert "Invented MR" not in titles


def test_the_home_page_names_all_that_is_not_counted(read: Reading) -> None:
    said = _words(read("/").xpath("//section[@aria-labelledby='totals']")[0])
    assert "3 datasets are listed but add no patients" in said
    for kind in ("animals or phantoms", "derived from another dataset", "fictional"):
        assert kind in said


def test_a_chart_with_both_numbers_says_which_is_which(read: Reading) -> None:
    chart = read("/").xpath("//figure[.//figcaption[starts-with(text(), 'Patients by modality')]]")[0]
    assert "Solid bar, bold number: patients stated to have it" in _words(chart.xpath(".//figcaption")[0])
    assert [_words(one) for one in chart.xpath(".//th[@scope='col']")] == [
        "Modality",
        "Patients with it",
        "Patients in datasets",
    ]


def test_the_dataset_that_counts_names_who_else_offers_it(read: Reading) -> None:
    page = read("/datasets/full000010")
    assert "At 2 providers, counted once" in _states(page)
    also = page.xpath("//aside//div[./h2[text()='Also offered by']]//a")
    assert [(_words(link), link.get("href")) for link in also] == [("South node", "/datasets/dupl000013")]


def test_a_duplicate_leads_to_the_record_that_counts(read: Reading) -> None:
    page = read("/datasets/dupl000013")
    assert page.xpath("//p[contains(@class, 'notice')]/a/@href") == ["/datasets/full000010"]
    assert "leave this one out" in _notices(page)
    assert "North node the record that counts" in _words(page.xpath("//aside//li")[0])


def test_patients_per_value_are_charted_once_a_concept(read: Reading) -> None:
    chart = read("/datasets/full000010").xpath("//figure[contains(@class, 'ax-modality')]")[0]
    rows = [[_words(cell) for cell in row.xpath("./th|./td")] for row in chart.xpath(".//tbody/tr")]
    assert rows == [["Computed tomography", "90"]]


def test_a_stated_value_without_a_concept_keeps_the_providers_word(read: Reading) -> None:
    chart = read("/datasets/full000010").xpath("//figure[contains(@class, 'ax-device')]")[0]
    assert "Own build" in _words(chart)


def test_everybody_responsible_is_named(read: Reading) -> None:
    facts = read("/datasets/full000010").xpath("//section[@aria-labelledby='what']/dl")[0]
    said = " ".join(" ".join(facts.itertext()).split())
    assert "Publisher Institute, office@institute.example" in said
    assert "Data holder Holder of the images" in said
    assert "Health data access body Access body, contact page" in said
    assert facts.xpath(".//a[text()='contact page']/@href") == ["https://hdab.example/contact"]
    assert "Imaged 2012 to 2018" in said


def test_an_identifier_can_be_followed_through_the_catalogue(rich_client: FlaskClient, read: Reading) -> None:
    (link,) = read("/datasets/dupl000013").xpath("//a[contains(@href, '/resolve?')]/@href")
    assert link == f"/resolve?id={DOI}"
    assert rich_client.get(link).headers["Location"] == "/datasets/full000010"


def test_quality_stands_on_the_page_with_its_repair(read: Reading) -> None:
    section = _words(read("/datasets/full000010").xpath("//section[@aria-labelledby='quality']")[0])
    assert "EUCAIM Met" in section
    assert "EHDS Not met" in section
    assert "Say where the images come from." in section


def test_a_record_that_was_not_checked_says_so(read: Reading) -> None:
    section = read("/datasets/lung000001").xpath("//section[@aria-labelledby='quality']")[0]
    assert "Not checked yet" in _words(section)


@pytest.mark.parametrize("key", ["full000010", "fict000011", "deri000012", "dupl000013"])
def test_the_contents_of_a_page_are_on_it(read: Reading, key: str) -> None:
    page = read(f"/datasets/{key}")
    anchors = page.xpath("//nav[@aria-labelledby='contents']//a/@href")
    assert len(anchors) > 1
    assert all(page.get_element_by_id(anchor[1:]) is not None for anchor in anchors)


def test_the_api_tells_what_a_record_is(rich_client: FlaskClient) -> None:
    def told(key: str) -> tuple[bool, bool, str | None, list[str]]:
        answer = rich_client.get(f"/api/v1/datasets/{key}").get_json()
        also = [offer["key"] for offer in answer["also"]]
        return answer["fictional"], answer["derived"], answer["duplicate_of"], also

    assert told("full000010") == (False, False, None, ["dupl000013"])
    assert told("fict000011") == (True, False, None, [])
    assert told("deri000012") == (False, True, None, [])
    assert told("dupl000013") == (False, False, "full000010", ["full000010"])


def test_the_api_tells_counts_per_value_years_and_agents(rich_client: FlaskClient) -> None:
    answer = rich_client.get("/api/v1/datasets/full000010").get_json()
    assert answer["stated"][0] == {
        "axis": "modality",
        "raw": "CT",
        "concept": "IMG1000042",
        "patients": 90,
        "studies": 150,
    }
    assert answer["period"] == {"start": "2012-01-01", "end": "2018-12-31"}
    assert answer["hdab"]["page"] == "https://hdab.example/contact"
    assert answer["also"][0]["links"]["self"] == "http://catalogue.test/datasets/dupl000013"


def test_a_hit_of_the_api_says_whether_it_counts(rich_client: FlaskClient) -> None:
    hits = rich_client.get("/api/v1/search").get_json()["hits"]
    uncounted = {hit["key"] for hit in hits if not hit["counted"]}
    assert uncounted == {"mice000006", "fict000011", "deri000012"}


def test_both_numbers_stand_in_the_api(rich_client: FlaskClient) -> None:
    values = rich_client.get("/api/v1/search").get_json()["facets"]["modality"]["values"]
    tomography = next(value for value in values if value["value"] == "IMG1000042")
    numbers = {name: tomography[name] for name in ("patients", "patients_stated", "datasets_stated")}
    assert numbers == {"patients": 1400, "patients_stated": 90, "datasets_stated": 1}


def test_every_door_has_an_example_that_opens(rich_client: FlaskClient, read: Reading) -> None:
    links = read("/about").xpath("//section[@aria-labelledby='api']//dd/a/@href")
    doors = [link.split("?")[0] for link in links]
    assert doors[:4] == ["/api/v1/search", "/sparql", "/catalog.ttl", "/resolve"]
    for link in links:
        # No broker answers queries here.
        if not link.startswith("/sparql"):
            assert rich_client.get(link, follow_redirects=True).status_code == 200


def test_an_empty_catalogue_shows_no_example_of_a_record() -> None:
    assert [door.link for door in doors(Links("https://a.example"), "")][3:5] == ["", ""]


@dataclass(frozen=True, slots=True)
class Curated(SmallCatalogue):
    """One dataset whose value a curator's mapping and a loaded release explain."""

    def dataset(self, key: str) -> Shown:
        value = AlignedValue(
            axis=Axis.CANCER,
            raw="Lung Other",
            concept="CLIN1000065",
            justification="semapv:ManualMappingCuration",
            rule="a curator's mapping (skos:exactMatch)",
            property="eucaim:hasCondition",
            scheme="DOID 2026-07-31",
            mapping="cimg-m:cancer-007",
        )
        shown = SmallCatalogue.dataset(self, key)
        return replace(shown, dataset=replace(shown.dataset, values=(value,)))


def test_a_value_says_by_which_mapping_and_with_which_release_it_was_aligned(small: SmallCatalogue) -> None:
    site = create_app(Curated(small.scheme, small.index, small.harvests)).test_client()
    page: html.HtmlElement = html.fromstring(site.get("/datasets/lung000001").text)
    basis = page.xpath("//section[@aria-labelledby='mapped']//td[@data-label='Basis']")[0]
    assert "chosen by a person, DOID 2026-07-31" in _words(basis)
    link = basis.xpath(".//a")[0].get("href")
    assert site.get(link).get_json()["mappings"][0]["word"] == "Lung Other"
