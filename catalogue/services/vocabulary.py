"""Which concepts and mappings are in force: the project's own, and what this instance adds to them."""

import logging
import os
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from catalogue.ingest.record import Preparation
from catalogue.ledger import Ledger
from ontologies.additions import NOTHING_ADDED, Additions
from ontologies.aligner import Aligner, load_aligner
from ontologies.concepts import ConceptScheme
from ontologies.own_scheme import load_scheme

# A process that began with an earlier one may yet start others that read it.
_FILES_KEPT: Final = 8
_LEFT_OVER_SECONDS: Final = 3_600.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``number`` is the ledger's; other processes read the ``additions`` in a file.

    A vocabulary that follows another has the very same ``scheme`` where only mappings changed, and the same
    ``aligner`` where nothing did.
    """

    number: int
    scheme: ConceptScheme
    aligner: Aligner
    additions: Additions = NOTHING_ADDED
    additions_file: Path | None = None

    def preparation(self, base_url: str) -> Preparation:
        return Preparation(self.scheme, self.aligner, base_url=base_url, additions=self.additions_file)


def own_vocabulary() -> Vocabulary:
    """That of an instance that adds nothing."""
    scheme = load_scheme()
    return Vocabulary(0, scheme, load_aligner(scheme))


def in_force(ledger: Ledger, *, folder: Path | None = None, earlier: Vocabulary | None = None) -> Vocabulary:
    """What holds now; ``folder`` is where the additions are kept for processes that are started from here.

    What does not fit this version's own scheme is left out, and logged: curators must not be able to stop
    the service, nor an update.
    """
    number = ledger.vocabulary_number()  # first: what comes between is seen at the next look
    if earlier is not None and earlier.number == number:
        return earlier
    added = ledger.additions()
    for fewer in (added, replace(added, concepts=()), NOTHING_ADDED):
        try:
            made = _made(number, fewer, earlier)
        except ValueError as error:
            logger.error("what this instance adds to the scheme does not fit it: %s", error)  # noqa: TRY400
        else:
            return replace(made, additions_file=_kept(folder, made.additions))
    return replace(own_vocabulary(), number=number)


def _made(number: int, added: Additions, earlier: Vocabulary | None) -> Vocabulary:
    scheme = _scheme(added, earlier)
    if earlier is not None and earlier.scheme is scheme and earlier.additions.version == added.version:
        return replace(earlier, number=number)
    return Vocabulary(number, scheme, load_aligner(scheme, added), added)


def _scheme(added: Additions, earlier: Vocabulary | None) -> ConceptScheme:
    concepts = Additions(concepts=added.concepts)
    if earlier is not None and Additions(concepts=earlier.additions.concepts).version == concepts.version:
        return earlier.scheme
    return load_scheme(concepts)


def _kept(folder: Path | None, added: Additions) -> Path | None:
    """Without a place for the file this process goes on alone."""
    if folder is None or not added:
        return None
    path = folder / f"{added.version}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, added.written())
        _clear(folder, path)
    except OSError as error:
        logger.warning("%s cannot be written: %s", path, error.strerror)
        return None
    return path


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, whoever else writes the same at the same moment."""
    descriptor, fresh = tempfile.mkstemp(suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(path)
    finally:
        Path(fresh).unlink(missing_ok=True)


def _clear(folder: Path, kept: Path) -> None:
    newest = sorted((one for one in folder.glob("*.json") if one != kept), key=_age)
    left_over = (one for one in folder.glob("*.new") if _age(one) > _LEFT_OVER_SECONDS)
    for one in (*islice(newest, _FILES_KEPT - 1, None), *left_over):
        one.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """In seconds; one that another process has just removed is as old as can be."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
