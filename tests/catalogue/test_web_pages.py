"""What stands on the pages, read as a browser would."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import html5lib  # type: ignore[import-untyped]
import pytest
from flask.testing import FlaskClient
from lxml import html

from catalogue.model.dataset import Distribution, Text
from catalogue.web.dataset_page import dataset_page
from catalogue.web.links import Links
from tests.small_catalogue import HOSTILE, NOTICE, SmallCatalogue

PAGES = [
    "/",
    "/search",
    "/search?cancer=CLIN1000065&q=lung&patients=50..&sort=title",
    "/search?cancer=CLIN1000065&modality=MG",
    "/search?q=nothinglikethis",
    "/search?size=2&page=3",
    "/datasets/lung000001",
    "/datasets/evil000007",
    "/datasets/bare000008",
    "/datasets/withdrawn1",
    "/providers",
    "/providers/south",
    "/admin/harvest",
    "/runs",
    "/runs/1",
    "/about",
    "/nowhere",
]

Reading = Callable[[str], html.HtmlElement]


@pytest.fixture(name="read")
def _read(client: FlaskClient) -> Reading:
    def page(address: str) -> html.HtmlElement:
        return html.fromstring(client.get(address, headers={"Accept": "text/html"}).text)

    return page


def _text(page: html.HtmlElement, path: str) -> str:
    return " ".join(" ".join(page.xpath(path)[0].itertext()).split())


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_sound_html_with_one_heading_and_no_script(client: FlaskClient, address: str) -> None:
    text = client.get(address, headers={"Accept": "text/html"}).text
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(text)
    page = html.fromstring(text)
    assert page.xpath("count(//h1)") == 1
    assert not page.xpath("//script | //@style | //@onclick | //style")
    assert NOTICE in _text(page, "//footer")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_loads_nothing_from_elsewhere(read: Reading, address: str) -> None:
    loaded = read(address).xpath("//link[@rel='stylesheet']/@href | //img/@src | //use/@href")
    assert loaded
    assert all(not urlsplit(one).netloc for one in loaded)


@pytest.mark.parametrize("address", PAGES)
def test_every_link_of_ours_leads_somewhere(client: FlaskClient, read: Reading, address: str) -> None:
    page = read(address)
    inside = {link for link in page.xpath("//a/@href") if link.startswith("/")}
    assert inside
    # No broker answers queries here.
    for link in inside - {link for link in inside if link.startswith("/sparql?")}:
        answer = client.get(link, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == (410 if "withdrawn1" in link else 200), link
    for anchor in page.xpath("//a[starts-with(@href, '#')]/@href"):
        assert page.get_element_by_id(anchor[1:]) is not None


@pytest.mark.parametrize("address", PAGES)
def test_no_id_stands_twice(read: Reading, address: str) -> None:
    ids = read(address).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_the_style_sheets_are_served(client: FlaskClient, read: Reading) -> None:
    for address in read("/").xpath("//link[@rel='stylesheet']/@href"):
        with client.get(address) as answer:
            assert answer.mimetype == "text/css"


def test_home_counts_people_only(read: Reading) -> None:
    totals = _text(read("/"), "//dl[@class='totals']")
    assert "9" in totals
    assert "4,696" in totals


def test_home_says_what_it_does_not_count(read: Reading) -> None:
    said = _text(read("/"), "//section[@aria-labelledby='totals']")
    assert "animals or phantoms" in said
    assert "2 datasets of people do not state a number of patients" in said


def test_every_chart_has_a_table_with_the_same_numbers(read: Reading) -> None:
    charts = read("/").xpath("//figure")
    assert len(charts) == 2
    for chart in charts:
        assert chart.xpath(".//text[@class='v']/text()") == chart.xpath(".//td/text()")


def test_a_failed_provider_is_not_called_fresh(read: Reading) -> None:
    row = _text(read("/"), "//tr[.//a[text()='South node']]")
    assert "last harvest failed" in row
    assert "no answer in 30 s" in row


def test_the_form_leads_to_the_address_that_can_be_shared(client: FlaskClient) -> None:
    answer = client.get(
        "/search?q=lung&cancer=CLIN1000065&cancer.op=any&patients.min=1,000&patients.max=&sort=relevance"
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/search?q=lung&cancer=CLIN1000065&patients=1000..&sort=relevance"


@pytest.mark.parametrize("cancer", ["CLIN1000065", "https://cancerimage.eu/ontology/EUCAIM%23CLIN1000065"])
@pytest.mark.parametrize("modality", ["CT", "MG"])
def test_sending_the_form_unchanged_asks_the_same(
    client: FlaskClient, read: Reading, cancer: str, modality: str
) -> None:
    """With hits and without; also for what has no input of its own."""
    address = (
        f"/search?q=lung&cancer={cancer}&cancer.not=C61&modality={modality}&bodypart=missing&bodypart=nowhere"
        "&sex.op=all&sex.not=M&patients=5..9000&expand=false&sort=title&size=5"
    )
    answer = client.get("/search", query_string=read(address).forms[0].form_values())
    code = {"CT": "IMG1000042", "MG": "IMG1004455"}[modality]
    assert sorted(parse_qsl(urlsplit(answer.headers["Location"]).query)) == [
        ("bodypart", "missing"),
        ("bodypart", "nowhere"),
        ("cancer", "CLIN1000065"),
        ("cancer.not", "C61"),
        ("expand", "false"),
        ("modality", code),
        ("patients", "5..9000"),
        ("q", "lung"),
        ("sex.not", "M"),
        ("sex.op", "all"),
        ("size", "5"),
        ("sort", "title"),
    ]


def test_a_chip_takes_its_own_condition_away(read: Reading) -> None:
    page = read("/search?cancer=CLIN1000065&modality=CT&patients=50..")
    removals = page.xpath("//a[@class='chip-x']/@href")
    assert removals == [
        "/search?modality=CT&patients=50..",
        "/search?cancer=CLIN1000065&patients=50..",
        "/search?cancer=CLIN1000065&modality=CT",
    ]


def test_a_chosen_value_is_ticked(read: Reading) -> None:
    ticked = read("/search?cancer=C34&modality=CT").xpath("//input[@checked]/@name")
    assert sorted(ticked) == ["cancer", "modality"]


def test_a_facet_says_its_numbers_in_words(read: Reading) -> None:
    label = _text(read("/search"), "//label[.//input[@name='provider' and @value='north']]")
    assert label == "North node : 6 datasets, 4,646 patients in them"


def test_paging_leads_on_and_back(read: Reading) -> None:
    page = read("/search?size=2&page=3")
    assert page.xpath("//a[@rel='prev']/@href") == ["/search?size=2&page=2"]
    assert page.xpath("//a[@rel='next']/@href") == ["/search?size=2&page=4"]
    assert "5 to 6 of 9 datasets" in page.text_content()


def test_no_hits_say_what_leaving_a_filter_out_gives(client: FlaskClient, read: Reading) -> None:
    page = read("/search?cancer=CLIN1000065&modality=MG")
    rows = page.xpath("//table[contains(@class, 'relax')]/tbody/tr")
    assert [_text(row, "./td[1]") for row in rows] == ["3", "1"]
    shown = html.fromstring(client.get(rows[0].xpath(".//a/@href")[0]).text)
    assert _text(shown, "//dl[@class='totals']/div[1]/dd") == "3"


def test_a_dataset_shows_each_raw_value_beside_its_concept(read: Reading) -> None:
    rows = read("/datasets/luad000002").xpath("//table[contains(@class, 'mapped')]/tbody/tr")
    cells = [[" ".join(cell.text_content().split()) for cell in row.xpath("./td")[1:3]] for row in rows]
    assert ["Lung Adenocarcinoma", "Cancer type: Lung adenocarcinoma CLIN1062977"] in cells
    assert ["Metastatic disease", "Not mapped"] in cells


def test_an_annotation_object_is_shown_and_cannot_be_searched_for(read: Reading) -> None:
    row = read("/datasets/pros000004").xpath("//tr[.//span[@class='raw' and text()='SEG']]")[0]
    assert "Segmentation" in row.text_content()
    assert not [link for link in row.xpath(".//a/@href") if link.startswith("/search")]


def test_a_dataset_that_states_nothing_says_so_once(read: Reading) -> None:
    facts = _text(read("/datasets/bare000008"), "//dl[@class='facts']")
    assert facts.startswith("Not stated Cancer type, body part imaged, modality")
    assert "number of patients" in facts


def test_a_providers_text_is_only_text(client: FlaskClient, read: Reading) -> None:
    for address in ("/", "/search?modality=CT", "/datasets/evil000007"):
        answer = client.get(address, headers={"Accept": "text/html"}).text
        assert HOSTILE not in answer
        assert "<b>bold" not in answer
        assert "onerror=alert" not in re.sub(r"&lt;img.*?&gt;", "", answer)
    paragraphs = read("/datasets/evil000007").xpath("//section[@aria-labelledby='text']/p")
    assert [paragraph.text_content() for paragraph in paragraphs] == ["First", "Second, n < 5"]


def test_only_web_addresses_become_links(read: Reading) -> None:
    links = read("/datasets/evil000007").xpath("//a/@href")
    assert not [link for link in links if link.startswith(("javascript:", "data:"))]


def test_foreign_links_pass_nothing_on(read: Reading) -> None:
    foreign = read("/datasets/lung000001").xpath(
        "//a[starts-with(@href, 'http') and not(contains(@href, 'catalogue.test'))]"
    )
    assert foreign
    assert all("nofollow noopener" in link.get("rel", "") for link in foreign)


def test_numbers_have_thousands_separators(read: Reading) -> None:
    assert "400,000" in _text(read("/datasets/lung000001"), "//dl[@class='totals']")


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml;q=0.9, text/html;q=0.5", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("text/html, */*", "text/html"),
        ("*/*", "text/html"),
        ("", "text/html"),
    ],
)
def test_a_datasets_address_gives_what_is_asked_for(client: FlaskClient, accept: str, mimetype: str) -> None:
    answer = client.get("/datasets/lung000001", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert "Accept" in answer.vary


def test_what_no_record_can_be_is_not_acceptable(client: FlaskClient) -> None:
    answer = client.get("/datasets/lung000001", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.get_json()["detail"]


def test_each_format_has_its_own_address(client: FlaskClient, read: Reading) -> None:
    links = read("/datasets/lung000001").xpath("//link[@rel='alternate']")
    assert len(links) == 4
    for link in links:
        answer = client.get(urlsplit(link.get("href")).path)
        assert answer.mimetype == link.get("type")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_page_names_its_formats_in_a_header(client: FlaskClient) -> None:
    answer = client.get("/datasets/lung000001", headers={"Accept": "text/html"})
    assert len(answer.headers.getlist("Link")) == 4


def test_a_record_that_did_not_change_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/datasets/lung000001.ttl").headers["ETag"]
    assert client.get("/datasets/lung000001.ttl", headers={"If-None-Match": tag}).status_code == 304


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for address in ("/", "/api/v1/search", "/nowhere", "/static/theme.css", "/search?q=%00"):
        with client.get(address) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["Permissions-Policy"]


def test_no_cookie_is_set(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/search").headers


def test_a_title_stands_in_the_window(read: Reading, small: SmallCatalogue) -> None:
    title = read("/datasets/lung000001").xpath("//title")[0].text_content()
    assert title.startswith(small.dataset("lung000001").dataset.title)


def test_a_record_of_any_length_makes_a_page_that_opens_at_once(small: SmallCatalogue) -> None:
    usual = small.dataset("lung000001")
    texts = tuple(Text(f"keyword {number}") for number in range(40_000))
    files = tuple(Distribution(access_url=f"https://node.example/{number}") for number in range(10_000))
    endless = replace(
        usual.dataset,
        titles=(Text("t" * 900_000),),
        descriptions=(Text("<" * 900_000),),
        keywords=texts,
        distributions=files,
    )
    page = dataset_page(replace(usual, dataset=endless), Links("http://catalogue.test"), small.scheme)
    assert page.shortened
    assert len(page.description) < 300_000
    assert len(page.dataset.distributions) * len(page.dataset.title) < 300_000
    assert len(page.keywords) < 1_000


def test_an_ordinary_record_is_shown_whole(read: Reading) -> None:
    assert "longer than a page" not in read("/datasets/lung000001").text_content()
