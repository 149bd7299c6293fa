"""``catalogue sheet``: how a hospital without an endpoint joins."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from catalogue.cli.apart import apart, read_file
from catalogue.cli.console import screen
from catalogue.errors import BadRequest, Conflict, NotFound
from catalogue.ledger import Ledger
from catalogue.publishing.sheet_template import csv_template, xlsx_template
from catalogue.services import open_ledger
from catalogue.settings import read_settings
from harvesters.sheets.choices import load_choices
from harvesters.sheets.uploads import keep_upload
from harvesters.source import SourceConfig

app = typer.Typer(no_args_is_help=True)

UPLOADS: Final = "sheets"
_LANGUAGES: Final = ("en",)


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="Where to write it: FILE.xlsx or FILE.csv.")],
    language: Annotated[str, typer.Option(help="Language of headings and help.")] = "en",
) -> None:
    """Write the empty sheet, with lists to choose from and help beside each heading."""
    if language not in _LANGUAGES:
        raise BadRequest(
            f"the template is there in {', '.join(_LANGUAGES)}, not in {language!r}", parameter="language"
        )
    match file.suffix.lower():
        case ".xlsx":
            content = xlsx_template(load_choices())
        case ".csv":
            content = csv_template()
        case other:
            raise BadRequest(f"{other!r} is no kind of template; write .xlsx or .csv", parameter="file")
    with file.open("xb") as fresh:  # a sheet that somebody has filled in is not written over
        fresh.write(content)
    screen.print(f"{file} is written; fill it in, and ask `catalogue check {file}` before sending it")


@app.command()
def upload(
    id: Annotated[str, typer.Argument(help="Short name of the source, such as north-hospital.")],
    file: Annotated[Path, typer.Argument(help="The sheet, filled in.")],
    title: Annotated[str, typer.Option(help="Name of the provider shown to people.")] = "",
    sheet: Annotated[str, typer.Option(help="The worksheet with the datasets.")] = "",
    hold_first: Annotated[bool, typer.Option(help="Hold the first harvest for approval.")] = False,
) -> None:
    """Keep a sheet, and make it the source ID, or the source's next state; a file that is none is refused."""
    settings = read_settings()
    body = read_file(file)
    with open_ledger(settings) as ledger:
        config = _config(ledger, id, title, sheet)
        with apart(settings) as place:
            listing, _ = place.listed_file(config, file.name, body)
        url = keep_upload(settings.data_dir / UPLOADS, id, file.name, body)
        _keep_source(ledger, replace(config, url=url), hold_first=hold_first)
    faults = f"; {len(listing.findings)} findings, see `catalogue check {file}`" if listing.findings else ""
    screen.print(f"{id} holds this sheet now; `catalogue harvest {id}` brings it in{faults}")


def _config(ledger: Ledger, id_: str, title: str, sheet: str) -> SourceConfig:
    """The source's settings with what was said now. Raises ``Conflict`` for one of another kind."""
    try:
        known = ledger.source(id_).config
    except NotFound:
        known = SourceConfig(id_, "sheet", "", title=title or id_)
    if known.kind != "sheet":
        raise Conflict(f"the source {id_} is harvested as {known.kind}; take another id for the sheet")
    options = {**known.options, **({"sheet": sheet} if sheet else {})}
    return replace(known, title=title or known.title, options=options)


def _keep_source(ledger: Ledger, config: SourceConfig, *, hold_first: bool) -> None:
    try:
        ledger.source(config.id)
    except NotFound:
        ledger.add_source(config, hold_first=hold_first)
    else:
        ledger.update_source(config)
