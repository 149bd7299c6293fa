"""Which of two equal classes of the hyperontology stands for both, where no axis of the scheme has either."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType


@lru_cache(maxsize=1)
def twins() -> Mapping[str, str]:
    """Give the code that stands for each second one.

    Equal concepts on an axis say so themselves, by ``skos:exactMatch``. These are applied where a concept is
    looked up and not at ingest, so that a record keeps the class that its provider named. Raises
    ``ValueError`` where the table leads from twin to twin.
    """
    lines = (resources.files("ontologies") / "data" / "twins.tsv").read_text("utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    table = {row["code"]: row["canonical"] for row in rows}
    if chained := sorted(set(table) & set(table.values())):
        raise ValueError(f"twins.tsv: {', '.join(chained)} stands for another and has another stand for it")
    return MappingProxyType(table)
