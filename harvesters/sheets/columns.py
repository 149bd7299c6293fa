"""Which columns a sheet of datasets has: what they are called, what stands in them, and who asks for it."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from harvesters.sheets.lists import LISTS, FixedList
from ontologies.concepts import Axis

TEMPLATE_VERSION: Final = 1
VERSION_LABEL: Final = "Template version"
DATASETS: Final = "Datasets"
COUNTS: Final = "Counts"
VALUES: Final = "Values"
READ_ME: Final = "Read me"
SEPARATOR: Final = ";"

_MARKS: Final = "*°"


class Form(StrEnum):
    """What a cell of the column holds, in words for the person who fills it in."""

    TEXT = "a text"
    ADDRESS = "a web address"
    REACH = "an e-mail or web address"
    NUMBER = "a whole number"
    SIZE = "a number"
    DATE = "a date, as 2021-03-31, 2021-03 or 2021"
    ANSWER = "yes or no"
    CHOICE = "a value of the list"


class Need(StrEnum):
    """A row without what it MUST have is no dataset; EUCAIM or the EHDS asks for what is EXPECTED."""

    MUST = "must"
    EXPECTED = "expected"
    WELCOME = "welcome"


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` names the column for ever, ``name`` as people read it; ``also`` are other names that are read.

    ``term`` is the property that the crosswalk makes of it. A column of ``several`` values has them in one
    cell, with ``;`` or line breaks between them.
    """

    key: str
    name: str
    form: Form
    help: str
    need: Need = Need.WELCOME
    several: bool = False
    choices: Axis | FixedList | None = None
    term: str = ""
    example: str = ""
    also: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """With a star for what a row must have, a ring for what is expected."""
        return self.name + {Need.MUST: " *", Need.EXPECTED: " °", Need.WELCOME: ""}[self.need]

    def values(self, text: str) -> tuple[str, ...]:
        if not self.several:
            return (text,) if text else ()
        parts = text.replace("\n", SEPARATOR).split(SEPARATOR)
        return tuple(value for part in parts if (value := part.strip()))


@cache
def columns() -> Mapping[str, Column]:
    """Those of the sheet Datasets by key, in their order; the table beside this module says them."""
    text = (resources.files("harvesters.sheets") / "columns.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return MappingProxyType({row["key"]: _column(row) for row in rows})


def dimensions() -> Mapping[str, Column]:
    """What people may be counted by, under the names of the columns that hold the values."""
    found = (column for column in columns().values() if isinstance(column.choices, Axis))
    return {column.name: column for column in found if column.key in _COUNTED}


def column_named(heading: str, among: Mapping[str, Column]) -> Column | None:
    """By its name, another one that is read, or its key; marks, case and spaces do not matter."""
    word = plain(heading)
    for column in among.values():
        if word in (plain(name) for name in (column.name, column.key, *column.also)):
            return column
    return None


def plain(heading: str) -> str:
    return " ".join(heading.strip(_MARKS + " \t\n").replace("_", " ").replace("-", " ").split()).casefold()


_COUNTED: Final = frozenset(("modality", "bodypart", "manufacturer", "sex", "cancer", "topography"))
COUNT_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        column.key: column
        for column in (
            Column(
                key="dataset",
                name="Dataset",
                form=Form.TEXT,
                help="The identifier of a row of the sheet Datasets.",
                need=Need.MUST,
                also=("Identifier", "Dataset identifier"),
            ),
            Column(
                key="dimension",
                name="Dimension",
                form=Form.TEXT,
                help="Which column the value is of.",
                need=Need.MUST,
            ),
            Column(
                key="value",
                name="Value",
                form=Form.TEXT,
                help="One value of that column.",
                need=Need.MUST,
            ),
            Column(
                key="subjects",
                name="Subjects",
                form=Form.NUMBER,
                help="How many people have it, as a whole number.",
                need=Need.MUST,
                also=("Patients", "Number of subjects"),
            ),
            Column(
                key="studies",
                name="Studies",
                form=Form.NUMBER,
                help="How many imaging studies have it.",
                also=("Number of imaging studies",),
            ),
        )
    }
)


def _column(row: Mapping[str, str]) -> Column:
    return Column(
        key=row["key"],
        name=row["name"],
        form=Form[row["form"].upper()],
        help=row["help"],
        need=Need(row["need"]),
        several=row["several"] == "several",
        choices=_choices(row["list"]),
        term=row["term"],
        example=row["example"],
        also=tuple(name for name in row["also"].split("|") if name),
    )


def _choices(name: str) -> Axis | FixedList | None:
    if not name:
        return None
    return LISTS.get(name) or Axis(name)
