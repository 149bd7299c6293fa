"""``catalogue mappings unmapped``: which words of providers a curator should look at first."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated

import typer

from catalogue.cli.console import AsJson, notes, print_json, print_table
from catalogue.curation.unmapped import Unmapped, unmapped
from catalogue.services import open_ledger
from catalogue.services.vocabulary import in_force
from catalogue.settings import read_settings
from ontologies.concepts import Axis
from ontologies.suggestions import Suggester


@dataclass(frozen=True, slots=True)
class Suggested:
    """``concept`` is the likeliest, "" where none is like the word at all; ``score`` only orders."""

    word: Unmapped
    concept: str = ""
    label: str = ""
    score: float = 0.0


def list_unmapped(
    axis: Annotated[Axis | None, typer.Option(help="Only words of this axis.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """The words that mean nothing yet, those first that hide most datasets and patients from searches."""
    with closing(open_ledger(read_settings())) as ledger:
        found = unmapped(ledger.iterate_published(), axis=axis)
        suggester = Suggester(in_force(ledger).scheme)
    shown = tuple(_suggested(found[:limit], suggester))
    if as_json:
        print_json(shown)
        return
    heading = ("axis", "word", "datasets", "patients", "sources", "may be")
    print_table("Words without a concept", heading, (_row(one) for one in shown))
    notes.print(f"{len(shown)} of {len(found)} words")


def _suggested(found: Sequence[Unmapped], suggester: Suggester) -> Iterator[Suggested]:
    for one in found:
        best = suggester.suggest(one.raw, one.axis, limit=1)
        if best:
            yield Suggested(one, best[0].concept.code, best[0].concept.label, best[0].score)
        else:
            yield Suggested(one)


def _row(one: Suggested) -> tuple[object, ...]:
    word = one.word
    candidate = f"{one.label} ({one.concept})" if one.concept else None
    return word.axis, word.raw, word.datasets, word.patients, ", ".join(word.sources), candidate
