"""Which options a source may have, and which values they take."""

import pytest

from harvesters.errors import Terminal
from harvesters.options import require_known
from harvesters.source import SourceConfig


def given(**options: str) -> SourceConfig:
    return SourceConfig("upv", "dcat", "https://node.example/", options=options)


def test_an_option_of_another_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(Terminal, match=r"no option prefix; known are .*hosts.*schedule.*secret"):
        require_known(given(prefix="x"), "hosts")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("derived", "yes"),
        ("incremental", "1"),
        ("missing_runs", "0"),
        ("missing_runs", "2.5"),
        ("missing_runs", "٣"),
        ("missing_days", "-1"),
        ("missing_days", "nan"),
        ("hold_most", "-1"),
        ("hold_most", "9" * 5000),
        ("hold_share", "1.5"),
        ("hold_share", "10%"),
        ("run_hours", "0"),
        ("run_hours", "inf"),
        ("secret", ""),
        ("secret", "../x"),
        ("secret", "a b"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(name: str, value: str) -> None:
    with pytest.raises(Terminal, match=f"upv: {name}="):
        require_known(given(**{name: value}))


def test_values_that_make_sense_are_accepted() -> None:
    require_known(
        given(
            missing_runs="3",
            missing_days="0.5",
            hold_most="0",
            hold_share="0.25",
            run_hours="12",
            incremental="true",
            secret="upv-2026",
            schedule="30 2 * * *",
        )
    )
