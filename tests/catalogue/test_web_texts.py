"""How texts and numbers of providers are written."""

from datetime import date

import pytest

from catalogue.web.charts import Amount, Caption, bar_chart, share
from catalogue.web.texts import bytes_in_words, counted, long_date, number, plain, web_address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br/>Two<BR>Three", "One\nTwo\nThree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("n < 5 and p > 0.05", "n < 5 and p > 0.05"),
        ("age <5 years", "age <5 years"),
        ("R&D &amp; AT&T", "R&D & AT&T"),
        ("<script>alert(1)</script>left", "left"),
        ("<style>p{}</style>left", "left"),
        ("<img src=x onerror=alert(1)>left", "left"),
        ("&lt;script&gt;", "<script>"),
        ("  wide \t blanks \n\n lines ", "wide blanks\nlines"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("", ""),
    ],
)
def test_mark_up_becomes_text(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://a.example/x?y=1", True),
        ("http://a.example", True),
        ("HTTPS://a.example", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example/x", False),
        ("/local", False),
        ("ftp://a.example", False),
        ("https://", False),
        ("http://[bad", False),
        ("", False),
    ],
)
def test_only_http_addresses_may_be_linked(url: str, linked: bool) -> None:  # noqa: FBT001
    assert web_address(url) == (url if linked else "")


def test_unknown_is_a_dash_and_nought_is_nought() -> None:
    assert (number(None), number(0), number(1234567)) == ("–", "0", "1,234,567")


def test_one_is_singular() -> None:
    assert (counted(1, "study", "studies"), counted(2000, "study", "studies")) == ("1 study", "2,000 studies")


def test_a_date_is_written_in_words() -> None:
    assert long_date(date(2026, 3, 5)) == "5 March 2026"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1500, "1.5 kB"), (136_500_000_000, "136.5 GB"), (2 * 10**15, "2,000.0 TB")],
)
def test_bytes_are_written_in_the_unit_that_fits(size: int, words: str) -> None:
    assert bytes_in_words(size) == words


def test_the_largest_bar_is_full_and_the_smallest_visible() -> None:
    assert (share(50, 100), share(1, 10**6), share(0, 100), share(0, 0)) == ("50.00%", "0.50%", "0%", "0%")


def test_a_long_label_is_cut_in_the_chart_only() -> None:
    amounts = [Amount("Malignant neoplasm of something long", 5, "/x")]
    chart = bar_chart(amounts, Caption("t", "n", "h", "u"), style="s")
    assert chart.bars[0].label == "Malignant neoplasm of something long"
    assert len(chart.bars[0].short) <= 20
