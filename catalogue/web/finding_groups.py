"""Which findings of a run open pages show, and of which of them the values."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from catalogue.ledger.overview import Example, FindingGroup
from catalogue.model.run import Run, RunState
from catalogue.profile import terms
from catalogue.web.texts import short
from harvesters.sheets.columns import COUNT_COLUMNS, Form, columns
from ontologies.namespaces import compact

_LONGEST_VALUE: Final = 80
_LONGEST_NAME: Final = 160
_SEVERITIES: Final = {"error": "state-bad", "warning": "state-warn", "info": ""}
_COUNTS: Final = (
    *(terms.PATIENTS, terms.STUDIES, terms.SERIES, terms.IMAGES),
    *(terms.COUNT_BY, terms.VALUE, terms.SUBJECTS, terms.STUDIES_OF_VALUE),
)
# What such a run brought no reader has seen, nor a curator let in.
_NOT_LET_IN: Final = (RunState.HELD, RunState.CANCELLED)


@dataclass(frozen=True, slots=True)
class GroupView:
    """Equal findings; ``style`` is a class of the theme, ``examples`` are records and values."""

    severity: str
    style: str
    path: str
    message: str
    how_to_fix: str
    count: int
    examples: tuple[tuple[str, str], ...]


def group_views(groups: Iterable[FindingGroup], run: Run) -> tuple[GroupView, ...]:
    """Without numbers that pages may have to hold back, and of a held or rejected run without examples."""
    is_let_in = run.state not in _NOT_LET_IN
    return tuple(
        GroupView(
            severity=one.severity.value,
            style=_SEVERITIES[one.severity.value],
            path=short(one.path, _LONGEST_NAME),
            message=short(one.message),
            how_to_fix=short(one.how_to_fix),
            count=one.count,
            examples=tuple(_shown(each, one.path) for each in one.examples) if is_let_in else (),
        )
        for one in groups
    )


def _shown(example: Example, path: str) -> tuple[str, str]:
    value = "" if path in _paths_of_counts() else short(example.value, _LONGEST_VALUE)
    return short(example.identifier, _LONGEST_NAME), value


@cache
def _paths_of_counts() -> frozenset[str]:
    """As findings name them: a property, or a column of a sheet."""
    of_sheets = (*columns().values(), *COUNT_COLUMNS.values())
    numbers = (column.name for column in of_sheets if column.form is Form.NUMBER)
    return frozenset((*map(compact, _COUNTS), *numbers))
