"""Bars of a chart, with widths in per cent: a strict content security policy leaves no other way."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_ROW: Final = 23
_WIDEST: Final = 42.0
_NARROWEST: Final = 0.5
# Forty per cent of a phone: what is longer would run into its bar.
_LABEL: Final = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """``short`` fits beside the bar; ``top`` and ``middle`` are pixels, ``width`` is an SVG length."""

    label: str
    short: str
    value: int
    link: str
    top: int
    middle: int
    width: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``style`` is the axis's class of the theme; ``unit`` heads the table's column of numbers."""

    title: str
    note: str
    heading: str
    unit: str
    style: str
    bars: tuple[Bar, ...]
    height: int


@dataclass(frozen=True, slots=True)
class Amount:
    label: str
    value: int
    link: str


def bar_chart(
    amounts: Iterable[Amount], *, title: str, note: str, heading: str, unit: str, style: str
) -> Chart:
    rows = tuple(amounts)
    most = max((row.value for row in rows), default=0)
    bars = tuple(_bar(place, row, most) for place, row in enumerate(rows))
    return Chart(title, note, heading, unit, style, bars, height=_ROW * len(bars))


def share(value: int, most: int, widest: float = 100.0) -> str:
    """Keep a bar visible that is not nought."""
    if not value or not most:
        return "0%"
    return f"{max(_NARROWEST, widest * value / most):.2f}%"


def _bar(place: int, row: Amount, most: int) -> Bar:
    return Bar(
        label=row.label,
        short=row.label if len(row.label) <= _LABEL else row.label[: _LABEL - 1].rstrip() + "…",
        value=row.value,
        link=row.link,
        top=place * _ROW + 7,
        middle=place * _ROW + 16,
        width=share(row.value, most, _WIDEST),
    )
