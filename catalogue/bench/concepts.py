"""What reading releases of terminologies takes, and the closure of the scheme with all of them in it."""

import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalogue.bench.hyperontology import write_hyperontology
from catalogue.errors import BadRequest
from ontologies.additions import Additions, extended
from ontologies.concepts import Concept, ConceptScheme
from ontologies.own_scheme import load_scheme
from ontologies.releases.contribution import contribution
from ontologies.releases.reading import measured_reading

_FILES: Final = (
    "cancer_slice/cancer_slice.owl",
    "doid/DO_cancer_slim.owl",
    "doid/DO_cancer_slim.obo",
    "oncotree/oncotree_2025_10_03.json",
    "uberon/efo-slim.obo",
    "uberon/mondo_uberon_import.obo",
)
_CODES: Final = "eucaim/hyperontology_codes.tsv"


@dataclass(frozen=True, slots=True)
class Loaded:
    """``megabytes`` is the peak of the reading process; ``matched`` and ``added`` count concepts."""

    file: str
    terms: int
    seconds: float
    megabytes: float
    matched: int
    added: int
    contribution_seconds: float


@dataclass(frozen=True, slots=True)
class Closure:
    concepts: int
    pairs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ConceptFigures:
    loaded: tuple[Loaded, ...]
    own: Closure
    extended: Closure


def measure_concepts(data: Path) -> ConceptFigures:
    """Load each file that is there on top of those before it, at last one of the hyperontology's shape."""
    scheme = own = load_scheme()
    loaded: list[Loaded] = []
    concepts: list[Concept] = []
    with tempfile.TemporaryDirectory(prefix="catalogue-bench-") as folder:
        for file in _present(data, Path(folder)):
            figures, added = _loaded(file, scheme)
            loaded.append(figures)
            if _is_another(file):
                concepts += added
                scheme = load_scheme(Additions(concepts=tuple(concepts)))
    if len(loaded) == 1:
        raise BadRequest(f"{data} holds none of {', '.join(_FILES)}", parameter="data")
    return ConceptFigures(tuple(loaded), _closure(own), _closure(scheme))


def _present(data: Path, folder: Path) -> Iterator[Path]:
    yield from (data / file for file in _FILES if (data / file).is_file())
    generated, codes = folder / "hyperontology.owl", data / _CODES
    write_hyperontology(generated, codes=codes if codes.is_file() else None)
    yield generated


def _is_another(file: Path) -> bool:
    """The slims are parts of what has been read before them."""
    return "slim" not in file.name


def _loaded(file: Path, scheme: ConceptScheme) -> tuple[Loaded, tuple[Concept, ...]]:
    reading = measured_reading(file)
    started = time.monotonic()
    found = contribution(reading.release, scheme)
    seconds = time.monotonic() - started
    figures = Loaded(
        file=file.name,
        terms=len(reading.release.terms),
        seconds=reading.seconds,
        megabytes=reading.megabytes,
        matched=len(found.matched),
        added=len(found.new),
        contribution_seconds=seconds,
    )
    return figures, found.concepts


def _closure(scheme: ConceptScheme) -> Closure:
    """From the concepts alone, with nothing worked out before."""
    concepts: Iterable[Concept] = tuple(scheme)
    started = time.monotonic()
    fresh = ConceptScheme(scheme.version, extended(concepts, ()))
    pairs = sum(len(fresh.broader(each.code)) - 1 for each in fresh)
    return Closure(len(tuple(fresh)), pairs, time.monotonic() - started)
