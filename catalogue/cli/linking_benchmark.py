"""``catalogue bench linking``: how well suggestions find what a name means."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from catalogue.bench.linking import Linking, Score, measure_linking
from catalogue.bench.linking_sets import Printed, read_gold_sets
from catalogue.cli.console import AsJson, print_json, print_table
from catalogue.errors import BadRequest


def linking(
    data: Annotated[Path, typer.Option(help="Folder of ontology files: cancer_slice, oncotree, mondo ...")],
    as_json: AsJson = False,
) -> None:
    """Suggestions beside an exact look-up, BM25 and trigrams over the same strings, on published codes."""
    try:
        sets = read_gold_sets(data)
    except (OSError, ValueError, KeyError) as error:
        raise BadRequest(f"{data} cannot be read: {error}", parameter="data") from error
    found = list(measure_linking(sets))
    if as_json:
        print_json(found)
        return
    columns = ("", "n", "accuracy@1", "MRR", "recall@10", "hard n", "accuracy@1", "MRR", "recall@10")
    for one in found:
        title = f"{one.name}: {one.candidates:,} concepts, {one.strings:,} strings"
        print_table(title, columns, _rows(one))


def _rows(found: Linking) -> Iterator[tuple[object, ...]]:
    for score, hard in zip(found.scores, found.hard, strict=True):
        yield (score.method, score.n, *_figures(score), hard.n, *_figures(hard))
    for printed in found.printed:
        yield (f"{printed.method}, as published", found.scores[0].n, *_figures(printed), *[None] * 4)


def _figures(score: Score | Printed) -> Iterator[str | None]:
    for figure in (score.accuracy, score.mrr, score.recall):
        yield None if figure is None else f"{figure:.3f}"
