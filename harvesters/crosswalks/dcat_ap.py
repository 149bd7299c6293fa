"""How a record in any dialect of DCAT is put into the profile's words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from harvesters.crosswalked import Crosswalked
from harvesters.errors import RecordRejected
from harvesters.findings import Finding, Severity
from ontologies.namespaces import PREFIXES, canonical_iri, canonical_predicate, compact

VERSION: Final = "dcat_ap/1"

_DCT: Final = PREFIXES["dct"]
_TITLE: Final = NamedNode(_DCT + "title")
_ACCESS_RIGHTS: Final = NamedNode(_DCT + "accessRights")
_CONFORMS_TO: Final = NamedNode(_DCT + "conformsTo")
_UUID: Final = re.compile(r"/profile/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_PLACEHOLDERS: Final = {"", "todo", "tbd", "n/a", "na", "none", "null", "unknown"}


def dcat_ap(received: bytes, *, identifier: str) -> Crosswalked:
    """Rewrite old spellings, drop what software adds by default, and keep everything else.

    ``received`` are N-Triples about the dataset ``identifier``. Raises ``RecordRejected`` for a record
    without identity or title.
    """
    subject = _subject(identifier)
    given = _read(received)
    kept, dropped = _without_defaults(given)
    rewritten = [_Rewriting(triple, _canonical(triple, subject)) for triple in kept]
    _require_title(subject, (rewriting.after for rewriting in rewritten))
    findings = [*dropped, *(finding for rewriting in rewritten for finding in rewriting.findings(identifier))]
    return Crosswalked(
        triples=_written(rewriting.after for rewriting in rewritten),
        subject=identifier,
        findings=tuple(dict.fromkeys(findings)),
    )


def _subject(identifier: str) -> NamedNode:
    if identifier.strip().lower() in _PLACEHOLDERS:
        raise RecordRejected(f"{identifier!r} is a placeholder, no identifier")
    try:
        return NamedNode(identifier)
    except ValueError as error:
        raise RecordRejected(f"{identifier!r} is no address that a dataset could have ({error})") from error


def _read(received: bytes) -> tuple[Triple, ...]:
    try:
        return tuple(quad.triple for quad in parse(received, format=RdfFormat.N_TRIPLES))
    except (SyntaxError, ValueError) as error:
        raise RecordRejected(f"the record is no N-Triples ({error})") from error


def _without_defaults(given: tuple[Triple, ...]) -> tuple[list[Triple], list[Finding]]:
    """FAIR Data Points add access rights and a profile to everything; neither says anything."""
    dropped = {triple for triple in given if _is_default(triple)}
    if not dropped:
        return list(given), []
    kept = [triple for triple in given if triple not in dropped]
    referred = {triple.object for triple in kept}
    orphans = {triple.object for triple in dropped} - referred
    findings = [_default_dropped(triple) for triple in given if triple in dropped]
    return [triple for triple in kept if triple.subject not in orphans], findings


def _is_default(triple: Triple) -> bool:
    predicate = triple.predicate
    if predicate not in (_ACCESS_RIGHTS, _CONFORMS_TO):
        return False
    subject, value = triple.subject, triple.object
    if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode):
        return False
    if predicate == _ACCESS_RIGHTS:
        return value.value == f"{subject.value}#accessRights"
    return _is_own_profile(value.value, subject.value)


def _is_own_profile(profile: str, subject: str) -> bool:
    place = urlsplit(profile)
    return "/profile/" in place.path and (
        place.netloc == urlsplit(subject).netloc or _UUID.search(place.path) is not None
    )


def _canonical(triple: Triple, dataset: NamedNode) -> Triple:
    """The very same triple where nothing changes, as in most."""
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    new_subject = _respelled(subject) if isinstance(subject, NamedNode) and subject != dataset else subject
    new_value = _respelled(value) if isinstance(value, NamedNode) and value != dataset else value
    new_predicate = _predicate(predicate.value)
    if new_subject is subject and new_value is value and new_predicate == predicate:
        return triple
    return Triple(new_subject, new_predicate, new_value)


def _respelled(node: NamedNode) -> NamedNode:
    iri = node.value
    canonical = canonical_iri(iri)
    return node if canonical == iri else NamedNode(canonical)


@lru_cache(maxsize=10_000)
def _predicate(iri: str) -> NamedNode:
    return NamedNode(canonical_predicate(iri))


def _require_title(subject: NamedNode, triples: Iterable[Triple]) -> None:
    own = [triple for triple in triples if triple.subject == subject]
    if not own:
        raise RecordRejected(f"{subject.value}: the record says nothing about this dataset")
    titles = (triple.object for triple in own if triple.predicate == _TITLE)
    if not any(isinstance(title, Literal) and title.value.strip() for title in titles):
        raise RecordRejected(f"{subject.value}: the dataset has no title (dct:title)")


@dataclass(frozen=True, slots=True)
class _Rewriting:
    before: Triple
    after: Triple

    def findings(self, identifier: str) -> Iterator[Finding]:
        if self.before is self.after:
            return
        path = compact(self.after.predicate.value)
        if self.before.predicate != self.after.predicate:
            yield _respelt(identifier, path, self.before.predicate.value, self.after.predicate.value)
        old, new = self.before.object, self.after.object
        if isinstance(old, NamedNode) and isinstance(new, NamedNode) and old != new:
            yield _respelt(identifier, path, old.value, new.value)


def _respelt(identifier: str, path: str, old: str, new: str) -> Finding:
    return Finding(
        Severity.INFO,
        focus=identifier,
        path=path,
        value=old,
        message=f"an old or other spelling of {compact(new)}; it was read as that",
        how_to_fix=f"write {new}",
    )


def _default_dropped(triple: Triple) -> Finding:
    focus, value = (term.value for term in (triple.subject, triple.object) if isinstance(term, NamedNode))
    return Finding(
        Severity.INFO,
        focus=focus,
        path=compact(triple.predicate.value),
        value=value,
        message="the node's software adds this to everything; it says nothing and was left out",
        how_to_fix="state the real value, or none",
    )


def _written(triples: Iterable[Triple]) -> bytes:
    lines = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(set(lines.splitlines(keepends=True))))
