"""What is wrong with the text of a cell, and what to write instead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from harvesters.findings import Severity
from harvesters.sheets import values
from harvesters.sheets.choices import Choices
from harvesters.sheets.columns import VALUES, Column, Form, Need
from harvesters.sheets.lists import FixedList

_LONGEST_SHOWN: Final = 200
# A cell that says how somebody is reached is asked for only where there is somebody.
_REACH: Final = "_reach"


@dataclass(frozen=True, slots=True)
class Problem:
    severity: Severity
    value: str
    message: str
    how_to_fix: str


def missing(cells: Mapping[str, str], column: Column) -> Problem | None:
    """What to say of an empty cell, None where nothing needs to stand in it."""
    whose = column.key.removesuffix(_REACH)
    if column.need is Need.WELCOME or (whose != column.key and whose not in cells):
        return None
    like = f", such as: {column.example}" if column.example else ""
    repair = f"write {column.form.value}{like}"
    if column.need is Need.MUST:
        return Problem(
            Severity.ERROR, "", "the cell is empty, and without it nothing can be taken in", repair
        )
    return Problem(Severity.WARNING, "", "the cell is empty; EUCAIM or the EHDS asks for it", repair)


def problems(text: str, column: Column, choices: Choices) -> Iterator[Problem]:
    """Of a cell that is not empty. What is not understood is kept as it was written."""
    for value in column.values(text):
        match column.form:
            case Form.CHOICE:
                found = _unlisted(value, column, choices)
            case Form.NUMBER:
                found = _no_number(value)
            case form:
                found = _of_another_form(value, form)
        if found:
            yield found


def _unlisted(value: str, column: Column, choices: Choices) -> Problem | None:
    if choices.means(column, value):
        return None
    near = choices.nearest(column, value)
    title = column.choices.title if isinstance(column.choices, FixedList) else column.name
    fix = f"did you mean {_either(near)}?" if near else f"use a value of {title} on the sheet {VALUES}"
    return _problem(
        value, f"this is no {column.name.lower()} that the catalogue knows; no filter finds it", fix
    )


def _no_number(value: str) -> Problem | None:
    number = values.number(value)
    if values.is_grouped(value):
        told = "the marks between the digits were taken for thousands"
        return Problem(Severity.INFO, value, told, "write digits only, such as 1200")
    if number:
        return None
    return _problem(
        value, "this is no whole number; it was taken as unknown", "write digits only, such as 1200"
    )


def _of_another_form(value: str, form: Form) -> Problem | None:
    understood = {
        Form.SIZE: lambda: bool(values.size_in_bytes(value)),
        Form.DATE: lambda: values.is_date(value),
        Form.ANSWER: lambda: bool(values.answer(value)),
        Form.ADDRESS: lambda: bool(values.address(value)),
        Form.REACH: lambda: values.is_reachable(value),
    }.get(form)
    if understood is None or understood():
        return None
    return _problem(value, f"{form.value} is wanted here; the text was kept as it is", _EXAMPLES[form])


_EXAMPLES: Final = {
    Form.SIZE: "write a number of gigabytes, such as 96.5",
    Form.DATE: "write it as 2021-03-31, 2021-03 or 2021",
    Form.ANSWER: "write yes or no",
    Form.ADDRESS: "write the whole address, beginning with https://",
    Form.REACH: "write an e-mail address, or a page beginning with https://",
}


def _problem(value: str, message: str, how_to_fix: str) -> Problem:
    return Problem(Severity.WARNING, value[:_LONGEST_SHOWN], message, how_to_fix)


def _either(names: tuple[str, ...]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
