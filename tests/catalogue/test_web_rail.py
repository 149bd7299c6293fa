"""Which filters the search page offers, which are folded, and which of the two patient numbers is which."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.rich_catalogue import CT, MR

Reading = Callable[[str], html.HtmlElement]


@pytest.fixture(name="read")
def _read(rich_client: FlaskClient) -> Reading:
    def page(address: str) -> html.HtmlElement:
        return html.fromstring(rich_client.get(address, headers={"Accept": "text/html"}).text)

    return page


def _words(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _fieldset(page: html.HtmlElement, name: str) -> html.HtmlElement:
    return page.xpath(f"//fieldset[.//input[starts-with(@name, '{name}')]]")[0]


def _headings(fieldset: html.HtmlElement) -> list[str]:
    return [_words(one) for one in fieldset.xpath("./div[contains(@class, 'fhead')]/span")][1:]


def test_a_facet_with_stated_numbers_has_both(read: Reading) -> None:
    fieldset = _fieldset(read("/search"), "modality")
    assert _headings(fieldset) == ["sets", "patients with it", "patients in sets"]
    row = fieldset.xpath(f".//li[.//input[@value='{CT}']]")[0]
    assert [_words(one) for one in row.xpath(".//span[contains(@class, 'num')]")] == ["6", "90", "1,400"]


def test_a_facet_without_any_stated_number_shows_two_columns(read: Reading) -> None:
    fieldset = _fieldset(read("/search"), "cancer")
    assert _headings(fieldset) == ["sets", "patients in sets"]
    assert not fieldset.xpath(".//span[contains(@class, 'num first')]")


def test_a_value_that_nobody_states_has_a_dash_and_no_nought(read: Reading) -> None:
    row = _fieldset(read("/search"), "modality").xpath(f".//li[.//input[@value='{MR}']]")[0]
    assert _words(row.xpath(".//span[contains(@class, 'num first')]")[0]) == "–"


def test_a_reader_hears_which_number_is_which(read: Reading) -> None:
    label = read("/search").xpath(f"//label[.//input[@value='{CT}']]")[0]
    assert _words(label) == (
        "Computed tomography: 6 datasets, 90 patients with it as stated by 1 of them, 1,400 patients in them"
    )


def test_the_key_names_only_what_is_drawn(read: Reading) -> None:
    assert "as providers state" in _words(read("/search").xpath("//ul[@class='keys']")[0])
    narrowed = read("/search?modality=MG").xpath("//ul[@class='keys']")[0]
    assert "patients in sets" in _words(narrowed)


def test_a_chosen_value_leads_with_its_stated_number(read: Reading) -> None:
    page = read(f"/search?modality={CT}")
    totals = [
        ": ".join(_words(part) for part in one)
        for one in page.xpath("//section[@id='results']//dl[@class='totals']/div")
    ]
    assert totals[1:3] == [
        "patients with Computed tomography, as stated by 1 of 6: 90",
        "patients in these datasets, not de-duplicated: 1,400",
    ]


@pytest.mark.parametrize("more", ["&modality=IMG1000038", "&modality.not=IMG1004456", "&modality=missing"])
def test_what_is_stated_of_a_value_is_no_total_of_several(read: Reading, more: str) -> None:
    assert "as stated by" not in _words(
        read(f"/search?modality={CT}{more}").xpath("//section[@id='results']")[0]
    )


def test_a_hit_tells_its_own_stated_number(read: Reading) -> None:
    hit = read(f"/search?modality={CT}").xpath("//li[@class='hit'][.//a[text()='Everything-CT']]")[0]
    assert "90 patients with Computed tomography" in _words(hit)


def test_what_most_people_choose_by_stands_first(read: Reading) -> None:
    legends = [_words(one) for one in read("/search").xpath("//section[@id='filters']/fieldset/legend")]
    assert legends[:4] == ["Cancer type", "Body part imaged", "Modality", "Patients in the dataset"]


def test_the_rest_is_folded_and_named(read: Reading) -> None:
    drawers = read("/search").xpath("//details[@class='drawer']")
    assert [drawer.get("open") for drawer in drawers] == [None, None]
    assert [_words(drawer.xpath("./summary")[0]) for drawer in drawers] == [
        "Access and useaccess, access condition, licence",
        "About the datasetcountry, imaging studies, year of imaging",
    ]


@pytest.mark.parametrize(
    ("chosen", "opened"),
    [
        ("licence=CC-BY-4.0", ["Access and use"]),
        ("country=ESP", ["About the dataset"]),
        ("country=missing", ["About the dataset"]),
        ("year=2015..", ["About the dataset"]),
        ("country=ESP&access=PUBLIC", ["Access and use", "About the dataset"]),
        ("cancer=CLIN1000065", []),
    ],
)
def test_a_drawer_opens_when_something_in_it_is_chosen(read: Reading, chosen: str, opened: list[str]) -> None:
    found = read(f"/search?{chosen}").xpath("//details[@class='drawer' and @open]")
    assert [_words(drawer.xpath("./summary/span")[0]) for drawer in found] == opened


def test_a_facet_that_no_record_carries_is_not_offered(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/search").text)
    assert not page.xpath("//input[@name='country' or @name='tier' or @name='year.min']")


def test_a_range_of_ages_says_what_it_keeps_out(read: Reading) -> None:
    said = _words(_fieldset(read("/search"), "age.min"))
    assert said.endswith(
        "years These datasets: 40 to 80. Keeps datasets without ages out: unknown is not no."
    )


def test_years_have_no_thousands(read: Reading) -> None:
    assert "These datasets: 2012 to 2018." in _words(_fieldset(read("/search"), "year.min"))


def test_one_number_is_no_range(read: Reading) -> None:
    said = _words(_fieldset(read("/search?patients=3000.."), "studies.min"))
    assert "These datasets: 5,000." in said


@pytest.mark.parametrize("name", ["patients", "studies", "age", "year"])
def test_the_two_boxes_of_every_range_become_one_parameter(rich_client: FlaskClient, name: str) -> None:
    answer = rich_client.get(f"/search?{name}.min=20&{name}.max=2,015")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/search?{name}=20..2015")


@pytest.mark.parametrize("name", ["patients", "studies", "age", "year"])
def test_a_box_that_holds_no_number_is_named(rich_client: FlaskClient, name: str) -> None:
    answer = rich_client.get(f"/search?{name}.min=many", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, f"{name}.min")


def test_each_range_has_a_chip_in_words(read: Reading) -> None:
    page = read("/search?patients=50..&studies=..900&age=18..60&year=2015..")
    chips = {_words(one) for one in page.xpath("//p[@class='sentence']/span")}
    assert chips == {
        "Age: age 18 to 60 ×",
        "Patients: 50 or more patients ×",
        "Imaging studies: at most 900 studies ×",
        "Year of imaging: imaged 2015 or later ×",
    }


def test_no_hits_say_which_range_to_leave_out(rich_client: FlaskClient, read: Reading) -> None:
    page = read("/search?age=..20&year=2015..")
    rows = page.xpath("//table[contains(@class, 'relax')]/tbody/tr")
    assert [_words(row.xpath("./th")[0]) for row in rows] == ["Age: age at most 20"]
    shown = html.fromstring(rich_client.get(rows[0].xpath(".//a/@href")[0]).text)
    assert shown.xpath("//li[@class='hit']//h3/a/text()") == ["Everything-CT"]
