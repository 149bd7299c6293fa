"""``catalogue bench concepts``."""

from pathlib import Path
from typing import Annotated

import typer

from catalogue.bench.concepts import ConceptFigures, measure_concepts
from catalogue.cli.console import AsJson, notes, print_json, print_table


def concepts(
    data: Annotated[Path, typer.Option(help="Folder of releases: doid/, oncotree/, uberon/, eucaim/ ...")],
    as_json: AsJson = False,
) -> None:
    """Reading releases, what they bring, and the closure of the scheme without and with all of them."""
    found = measure_concepts(data)
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: ConceptFigures) -> None:
    rows = (
        (
            one.file,
            one.terms,
            f"{one.seconds:.2f}",
            f"{one.megabytes:.0f}",
            one.matched,
            one.added,
            f"{one.contribution_seconds:.2f}",
        )
        for one in found.loaded
    )
    columns = ("", "terms", "read in s", "peak MB", "known", "new", "worked out in s")
    print_table("Releases, one on top of the other", columns, rows)
    for name, one in (("own scheme", found.own), ("with all of them", found.extended)):
        notes.print(f"{name}: {one.concepts:,} concepts, {one.pairs:,} pairs, closed in {one.seconds:.3f} s")
