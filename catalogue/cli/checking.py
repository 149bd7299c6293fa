"""``catalogue check``: a provider's metadata, looked at before it joins."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from catalogue.cli.apart import apart, read_file
from catalogue.cli.console import AsJson, notes, one_line, print_json, print_table, screen
from catalogue.cli.pairs import Option, pairs
from catalogue.errors import BadRequest
from catalogue.maintenance.trial import Tried, tried
from catalogue.quality.check import Checker
from catalogue.resources import shapes_folder
from catalogue.services.adapters import vocabulary_of
from catalogue.settings import Settings, read_settings
from harvesters.errors import HarvestError
from harvesters.findings import Finding
from harvesters.parsing import Page, Sandbox, read_page
from harvesters.sheets.columns import Column, columns
from harvesters.source import Record, Rejected, SourceConfig, Withdrawn
from harvesters.sources import KINDS

_SHEETS: Final = (".csv", ".ods", ".tsv", ".xls", ".xlsm", ".xlsx")
# Where a file lies is nobody's business, and relative addresses in it need a place to be read from.
_PLACE: Final = "https://file.invalid/"
_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Checked:
    """``findings`` are of the list as a whole; for a sheet they name sheet, row and column."""

    findings: tuple[Finding, ...]
    datasets: tuple[Tried, ...]
    incomplete_because: str = ""

    @property
    def refused(self) -> int:
        return sum(bool(one.rejection) for one in self.datasets)


def check(
    where: Annotated[str, typer.Argument(metavar="FILE|URL", help="A sheet, an RDF file, or an address.")],
    kind: Annotated[str, typer.Option(help=f"How an address is read: {', '.join(KINDS)}.")] = "",
    option: Option = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a provider's metadata, and how to mend it; nothing is taken in or written.

    Exit code 1 where a dataset could not be taken in, or none is there.
    """
    settings = read_settings()
    options = pairs(option)
    found = (
        _of_address(where, kind, options, settings) if "://" in where else _of_file(where, options, settings)
    )
    if as_json:
        print_json(found)
    else:
        _print(found, columns_by_term() if _is_sheet(where, kind) else {})
    if found.refused or not found.datasets:
        raise typer.Exit(1)


def _of_address(url: str, kind: str, options: dict[str, str], settings: Settings) -> Checked:
    kind = kind or ("sheet" if _is_sheet(url, kind) else "dcat")
    if kind not in KINDS:
        raise BadRequest(f"there is no kind {kind!r}; there are {', '.join(KINDS)}", parameter="kind")
    config = SourceConfig("check", kind, url, options=options)
    with apart(settings) as place:
        listing, items = place.listed(config)
        return Checked(listing.findings, _tried(items, settings), listing.incomplete_because)


def _of_file(name: str, options: dict[str, str], settings: Settings) -> Checked:
    path = Path(name)
    body = read_file(path)
    with apart(settings) as place:
        if _is_sheet(name, "") or body.startswith(_ZIP):
            config = SourceConfig("check", "sheet", "", options=options)
            listing, items = place.listed_file(config, name if _is_sheet(name, "") else f"{name}.xlsx", body)
            return Checked(listing.findings, _tried(items, settings))
        page = _page(place.sandbox, body, path.name)
        records = (Record(one.iri, one.triples, "application/n-triples") for one in page.datasets)
        return Checked(page.findings, _tried((*records, *page.rejected), settings))


def _page(sandbox: Sandbox, body: bytes, name: str) -> Page:
    try:
        return sandbox.call(read_page, body, "", _PLACE + name)
    except HarvestError as error:
        raise type(error)(str(error).replace(_PLACE, "")) from error


def _tried(items: Iterable[Record | Withdrawn | Rejected], settings: Settings) -> tuple[Tried, ...]:
    vocabulary = vocabulary_of(settings)
    preparation = vocabulary.preparation(settings.base_url)
    return tuple(tried(items, preparation, Checker(vocabulary.scheme, shapes_folder())))


def _is_sheet(where: str, kind: str) -> bool:
    return kind == "sheet" or (not kind and where.partition("?")[0].lower().endswith(_SHEETS))


def columns_by_term() -> dict[str, Column]:
    """The first column of each property."""
    return {column.term: column for column in reversed(list(columns().values())) if column.term}


def _print(found: Checked, by_term: Mapping[str, Column]) -> None:
    if found.findings:
        print_table(f"In the list: {len(found.findings)}", _HEADINGS, _rows(found.findings, by_term))
    for one in found.datasets:
        if one.rejection:
            refusal = one_line(f"{one.identifier}: cannot be taken in: {one.rejection}")
            notes.print(refusal, soft_wrap=True)
            continue
        levels = ", ".join(one.levels) or "none; it would be shown, and needs enrichment"
        screen.print(f"{one_line(one.title or one.identifier)}: levels reached: {levels}", soft_wrap=True)
        if rows := list(_rows((*one.findings, *one.quality), by_term)):
            print_table("", _HEADINGS, rows)
    if found.incomplete_because:
        notes.print(one_line(f"the list is not complete: {found.incomplete_because}"), soft_wrap=True)
    taken = len(found.datasets) - found.refused
    notes.print(f"{taken} of {len(found.datasets)} datasets could be taken in")


_HEADINGS: Final = ("", "where", "value", "what", "how to mend it")


def _rows(findings: Iterable[Finding], by_term: Mapping[str, Column]) -> Iterator[Sequence[object]]:
    """Who fills in a sheet knows places and columns, and no properties."""
    for one in findings:
        column = by_term.get(one.path)
        place = one.focus if "!" in one.focus else ""
        where = f"{place} {column.name if column else one.path}".strip()
        yield one.severity.value, where, one.value, one.message, _repair(one, column)


def _repair(one: Finding, column: Column | None) -> str:
    if column is None:
        return one.how_to_fix
    like = f", such as: {column.example}" if column.example else ""
    return f"in the column {column.name} write {column.form.value}{like}"
