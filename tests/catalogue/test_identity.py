"""Which keys records get."""

import re

from hypothesis import given
from hypothesis import strategies as st

from catalogue.ingest.identity import mint_key


def free(_: str) -> bool:
    return False


def test_a_key_is_the_same_for_ever() -> None:
    """A changed figure here would move every dataset's public address."""
    assert mint_key("upv", "https://node.example/dataset/1", taken=free) == "bzmdi6mdippc"


@given(st.text(max_size=30), st.text(max_size=60))
def test_a_key_is_twelve_letters_and_digits(source: str, identifier: str) -> None:
    assert re.fullmatch(r"[a-z2-7]{12}", mint_key(source, identifier, taken=free))


def test_a_key_tells_nothing_of_its_source() -> None:
    assert "upv" not in mint_key("upv", "upv", taken=free)


def test_the_same_identifier_at_two_sources_has_two_keys() -> None:
    assert mint_key("a", "1", taken=free) != mint_key("b", "1", taken=free)


def test_source_and_identifier_are_not_run_together() -> None:
    assert mint_key("a", "b1", taken=free) != mint_key("ab", "1", taken=free)


def test_a_taken_key_gives_way_to_the_next_candidate() -> None:
    first = mint_key("a", "1", taken=free)
    second = mint_key("a", "1", taken={first}.__contains__)
    assert second not in (first, mint_key("a", "1", taken={first, second}.__contains__))
    assert second == mint_key("a", "1", taken={first}.__contains__)
