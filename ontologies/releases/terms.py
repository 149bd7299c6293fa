"""What a release of a terminology says: its terms, their names, parents and codes."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydantic import TypeAdapter, ValidationError

from ontologies.concepts import Label

MEGABYTE: Final = 1024 * 1024


class ReleaseRefused(ValueError):
    """A file cannot be taken as it is; the text says why, and nothing of it was applied."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

    ``depth`` and ``pairs`` are those of its hierarchy, ``disjoint`` counts pairs of terms that share nothing.
    """

    file_megabytes: int = 200
    megabytes: int = 4096
    seconds: float = 300.0
    terms: int = 200_000
    names: int = 500
    characters: int = 1_000
    depth: int = 100
    pairs: int = 5_000_000
    disjoint: int = 500_000


@dataclass(frozen=True, slots=True)
class Term:
    """One term. ``code`` is compact (``DOID:1612``, ``CLIN1000060``), ``parents`` are IRIs.

    ``wholes`` are IRIs of what an anatomical term is a part of: to people who search they are broader, too.
    ``synonyms`` are exact; ``related`` names are broader, narrower or doubtful. ``codes`` are those of other
    systems and earlier ones of its own, as ``SYSTEM:code``. What an obsolete term is ``replaced_by``, or what
    to ``consider`` in its place, is told by codes. ``labels`` are names in other languages than English.
    """

    iri: str
    code: str
    label: str
    synonyms: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    wholes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()
    consider: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()

    @property
    def broader(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.parents, *self.wholes)))


@dataclass(frozen=True)
class Release:
    """One published state of a terminology. ``disjoint`` are pairs of IRIs that share no narrower term.

    ``unnamed`` terms have no English label and are left out.
    """

    title: str
    version: str
    licence: str
    iri: str
    sha256: str
    terms: tuple[Term, ...]
    disjoint: tuple[tuple[str, str], ...] = ()
    unnamed: int = 0

    @cached_property
    def system(self) -> str:
        """The prefix of most codes (``DOID``); ``EUCAIM`` where codes have none."""
        prefixes = Counter(code[0] for term in self.terms if len(code := term.code.split(":", 1)) > 1)
        bare = len(self.terms) - prefixes.total()
        found = prefixes.most_common(1)
        return found[0][0] if found and found[0][1] >= bare else "EUCAIM"

    @cached_property
    def active(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.obsolete)

    def written(self) -> bytes:
        """The same bytes for the same release."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def read(cls, content: bytes) -> "Release":
        """Raises ``ValueError`` for what ``written`` did not write."""
        try:
            return _ADAPTER.validate_json(content)
        except ValidationError as error:
            raise ValueError("these are not the terms of a release") from error


_ADAPTER: Final = TypeAdapter(Release)
