"""How one received record becomes what is published of it: crosswalk, names, datatypes, concepts, hash."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from catalogue.ingest.alignment import Traits, aligned
from catalogue.ingest.canonical import canonical_bytes, parse_triples, sha256, skolemised
from catalogue.model.dataset import LONGEST_TITLE, best_text
from catalogue.profile import terms
from catalogue.profile.datatypes import DATATYPES, typed
from catalogue.profile.identifiers import strong_identities
from catalogue.profile.reader import Statements, stated_identifiers
from harvesters import crosswalks
from harvesters.errors import RecordRejected
from harvesters.findings import Finding, Severity
from harvesters.source import Record
from ontologies.aligner import Aligner
from ontologies.concepts import ConceptScheme
from ontologies.namespaces import compact

# How the harvesters name a dataset that has an identifier and no address.
_UNNAMED: Final = f"{terms.OWN}unnamed/"
_CONCEPTS: Final = f"{terms.OWN}concepts/"
# All that is asked of a record beyond its bytes; the rest need not be sorted by subject and property.
_SUMMARY: Final = {
    *(NamedNode(iri) for iri in (f"{terms.DCT}identifier", f"{terms.ADMS}identifier")),
    *(NamedNode(iri) for iri in (f"{terms.SKOS}notation", f"{terms.DCT}title")),
    *(NamedNode(iri) for iri in (terms.PATIENTS, terms.COUNTS_TOWARDS_TOTALS)),
}
_COMPUTED_HERE: Final = {terms.COUNTS_TOWARDS_TOTALS, terms.ALIGNED_VALUE}
# Characters that XML 1.0 cannot hold, not even escaped: a record is served as RDF/XML too.
_NO_XML: Final = re.compile(r"[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]")


_NO_TRAITS: Final = Traits()


@dataclass(frozen=True, slots=True)
class Prepared:
    """``triples`` are canonical N-Triples about ``subject``, the provider's IRI of the dataset.

    ``identities`` make records of other providers the same dataset. ``patients`` is None where none are
    stated or those that are do not count.
    """

    subject: str
    triples: bytes
    sha256: str
    identities: tuple[str, ...]
    findings: tuple[Finding, ...]
    title: str = ""
    patients: int | None = None


class Preparation:
    """The rules in force; ``crosswalk`` and ``aligner`` are their versions.

    ``base_url`` is where the catalogue's own names are served: nobody else speaks about what lies below it.
    ``additions`` is where another process reads what scheme and aligner have beyond the project's own.
    """

    def __init__(
        self, scheme: ConceptScheme, aligner: Aligner, *, base_url: str = "", additions: Path | None = None
    ) -> None:
        self._scheme = scheme
        self._aligner = aligner
        self._served = f"{base_url}/" if base_url else ""
        self.base_url = base_url
        self.additions = additions
        self.aligner = aligner.version

    def crosswalk(self, record: Record, traits: Traits) -> str:
        """Which rules make the record's statements: another version, or another trait, makes it anew."""
        said = [name for name in ("derived", "fictional") if getattr(traits, name)]
        return "+".join((crosswalks.crosswalk(record.media_type).version, *said))

    def prepare(self, record: Record, *, key: str, traits: Traits = _NO_TRAITS) -> Prepared:
        """A pure function of the received bytes and the rules. Raises ``RecordRejected``."""
        self._require_a_name_of_its_own(record.identifier)
        crossed = crosswalks.crosswalk(record.media_type)(record.received, identifier=record.identifier)
        quads = parse_triples(crossed.triples)
        explained = {quad.object for quad in quads if quad.predicate.value == terms.ALIGNED_VALUE}
        omissions = [self._omission(quad) for quad in quads]
        foreign = [
            quad
            for quad, omission in zip(quads, omissions, strict=True)
            if omission is None and not (explained and quad.subject in explained)
        ]
        named = skolemised(foreign, subject=crossed.subject, key=key)
        with_types = [_typed(_legible(quad)) for quad in named]
        result = aligned(
            with_types,
            subject=crossed.subject,
            key=key,
            aligner=self._aligner,
            scheme=self._scheme,
            traits=traits,
        )
        triples = canonical_bytes(result.quads)
        said = Statements(quad for quad in result.quads if quad.predicate in _SUMMARY)
        identifiers = stated_identifiers(said, crossed.subject)
        return Prepared(
            subject=crossed.subject,
            triples=triples,
            sha256=sha256(triples),
            identities=strong_identities(crossed.subject, identifiers),
            findings=(
                *crossed.findings,
                *(omission for omission in omissions if omission),
                *_illegible(named),
                *_unreadable(with_types),
                *result.findings,
            ),
            title=best_text(said.texts(crossed.subject, f"{terms.DCT}title"))[:LONGEST_TITLE],
            patients=_counted_patients(said, crossed.subject),
        )

    def _require_a_name_of_its_own(self, identifier: str) -> None:
        if _is_own(identifier) or self._is_served(identifier):
            raise RecordRejected(
                f"{identifier[:200]}: this name belongs to the catalogue; "
                "a dataset needs an address of its own node"
            )

    def _omission(self, quad: Quad) -> Finding | None:
        """Why a statement is left out, None for one that stays."""
        about, value = quad.subject, quad.object
        subject = about.value if isinstance(about, NamedNode) else ""
        target = value.value if isinstance(value, NamedNode) else ""
        if self._is_ours_to_say(subject, quad.predicate.value, target):
            message = "the statement uses names that belong to the catalogue"
            return _omission(quad, message, "use an address of your own node")
        if isinstance(about, Triple) or isinstance(value, Triple):
            # RDF 1.2's statements about statements: neither formats nor readers of a catalogue know them.
            return _omission(quad, "the statement quotes another one (RDF 1.2)", "state it plainly")
        return None

    def _is_ours_to_say(self, about: str, predicate: str, value: str) -> bool:
        """Whether a statement uses names that only this catalogue gives: a provider must not speak in them.

        In their served form only a pointer is harmless: it is how others cite a record.
        """
        if predicate in _COMPUTED_HERE or self._is_served(predicate):
            return True
        # To point to a concept is everybody's right; to describe it is not.
        return (
            _is_own(about) or self._is_served(about) or (_is_own(value) and not value.startswith(_CONCEPTS))
        )

    def _is_served(self, iri: str) -> bool:
        return bool(self._served) and iri.startswith(self._served)


def _counted_patients(said: Statements, subject: str) -> int | None:
    if said.first(subject, terms.COUNTS_TOWARDS_TOTALS) == "false":
        return None
    return said.number(subject, terms.PATIENTS)


def _is_own(iri: str) -> bool:
    return iri.startswith(terms.OWN) and not iri.startswith(_UNNAMED)


def _omission(quad: Quad, message: str, how_to_fix: str) -> Finding:
    return Finding(
        Severity.WARNING,
        focus=_focus(quad),
        path=compact(quad.predicate.value),
        value=str(quad.object)[:200],
        message=f"{message}; it was left out",
        how_to_fix=how_to_fix,
    )


def _focus(quad: Quad) -> str:
    return quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)


def _legible(quad: Quad) -> Quad:
    """A text that every format can hold: without control characters and without RDF 1.2's direction."""
    given = quad.object
    if not isinstance(given, Literal) or not (_NO_XML.search(given.value) or given.direction):
        return quad
    text = _NO_XML.sub("\ufffd", given.value)
    if given.language:
        return Quad(quad.subject, quad.predicate, Literal(text, language=given.language))
    return Quad(quad.subject, quad.predicate, Literal(text, datatype=given.datatype))


def _illegible(quads: list[Quad]) -> Iterator[Finding]:
    for quad in quads:
        if isinstance(quad.object, Literal) and _NO_XML.search(quad.object.value):
            yield Finding(
                Severity.WARNING,
                focus=_focus(quad),
                path=compact(quad.predicate.value),
                value=_NO_XML.sub("\ufffd", quad.object.value)[:200],
                message="the text holds control characters, which were replaced",
                how_to_fix="leave them out",
            )


def _typed(quad: Quad) -> Quad:
    predicate, value = quad.predicate, quad.object
    if predicate.value in DATATYPES and isinstance(value, Literal):
        return Quad(quad.subject, predicate, typed(predicate.value, value))
    return quad


def _unreadable(quads: list[Quad]) -> Iterator[Finding]:
    for quad in quads:
        wanted = DATATYPES.get(quad.predicate.value)
        if wanted and isinstance(quad.object, Literal) and quad.object.datatype != wanted:
            yield Finding(
                Severity.WARNING,
                focus=_focus(quad),
                path=compact(quad.predicate.value),
                value=quad.object.value[:200],
                message="this is no value that can be counted; it is kept and taken as unknown",
                how_to_fix=f"write a literal of type {compact(wanted.value)}, such as 120",
            )
