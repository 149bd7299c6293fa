"""What one instance knows beyond the project's own scheme: loaded releases, and mappings of its curators."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from ontologies.concepts import Concept
from ontologies.mappings import Mapping


@dataclass(frozen=True)
class Additions:
    """``concepts`` with the code of a known one bring it more names, codes and parents; others are new.

    ``mappings`` are accepted ones, each before any of the project's own that says otherwise of the same word;
    ``refused`` are record ids of the project's own mappings that this instance's curators rejected.
    """

    concepts: tuple[Concept, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    refused: frozenset[str] = frozenset()

    @cached_property
    def version(self) -> str:
        """A hash of all that is added, "" where nothing is."""
        return hashlib.sha256(self.written()).hexdigest()[:8] if self else ""

    def __bool__(self) -> bool:
        return bool(self.concepts or self.mappings or self.refused)

    def written(self) -> bytes:
        """The same bytes for the same additions, in whatever order they were made."""
        return _ADAPTER.dump_json(
            _Written(
                tuple(sorted(self.concepts, key=lambda one: one.code)),
                tuple(sorted(self.mappings, key=lambda one: one.record_id)),
                tuple(sorted(self.refused)),
            ),
            exclude_defaults=True,
        )

    @classmethod
    def read(cls, content: bytes) -> "Additions":
        """Raises ``ValueError`` for what ``written`` did not write."""
        found = _ADAPTER.validate_json(content)
        return cls(found.concepts, found.mappings, frozenset(found.refused))

    @classmethod
    def at(cls, path: Path | None) -> "Additions":
        """Those of a file, none without one."""
        return cls.read(path.read_bytes()) if path else cls()


@dataclass(frozen=True, slots=True)
class _Written:
    concepts: tuple[Concept, ...]
    mappings: tuple[Mapping, ...]
    refused: tuple[str, ...]


_ADAPTER: Final = TypeAdapter(_Written)
NOTHING_ADDED: Final = Additions()


def extended(own: Iterable[Concept], added: Iterable[Concept]) -> tuple[Concept, ...]:
    """Bring concepts together by their codes: labels and marks of the own ones stay as they are.

    Of added ones those of who brought the concept count, which has parents, not of who gave it more names.
    """
    found = {each.code: each for each in own}
    for each in sorted(added, key=lambda one: not one.parents):
        known = found.get(each.code)
        found[each.code] = _more(known, each) if known else each
    return tuple(found.values())


def _more(known: Concept, added: Concept) -> Concept:
    return replace(
        known,
        synonyms=_union(known.synonyms, added.synonyms),
        related=_union(known.related, added.related),
        notations=_union(known.notations, added.notations),
        parents=_union(known.parents, added.parents),
        same_as=_union(known.same_as, added.same_as),
    )


def _union(known: tuple[str, ...], added: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *added)))
