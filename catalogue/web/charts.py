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
    """``short`` fits beside the bar; ``top`` and ``middle`` are pixels, ``width`` and ``soft`` SVG lengths.

    ``soft`` is the faint bar behind, "" for none; ``value`` leads where it is known, ``whole`` else.
    """

    label: str
    short: str
    value: int | None
    whole: int | None
    link: str
    top: int
    middle: int
    width: str
    soft: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``style`` is the axis's class of the theme; the units head the table's columns of numbers.

    ``whole_unit`` is "" for a chart of one number a bar.
    """

    title: str
    note: str
    heading: str
    unit: str
    whole_unit: str
    style: str
    bars: tuple[Bar, ...]
    height: int


@dataclass(frozen=True, slots=True)
class Amount:
    """``value`` is stated of the very thing, ``whole`` is what the datasets with it hold; None is unknown."""

    label: str
    value: int | None
    link: str = ""
    whole: int | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    title: str
    note: str
    heading: str
    unit: str
    whole_unit: str = ""


def bar_chart(amounts: Iterable[Amount], caption: Caption, *, style: str) -> Chart:
    rows = tuple(amounts)
    most = max((max(row.value or 0, row.whole or 0) for row in rows), default=0)
    bars = tuple(_bar(place, row, most) for place, row in enumerate(rows))
    return Chart(
        title=caption.title,
        note=caption.note,
        heading=caption.heading,
        unit=caption.unit,
        whole_unit=caption.whole_unit,
        style=style,
        bars=bars,
        height=_ROW * len(bars),
    )


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
        whole=row.whole,
        link=row.link,
        top=place * _ROW + 7,
        middle=place * _ROW + 16,
        width=share(row.value or 0, most, _WIDEST),
        soft="" if row.whole is None else share(row.whole, most, _WIDEST),
    )
