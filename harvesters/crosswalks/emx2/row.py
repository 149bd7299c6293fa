"""What a row of a Molgenis EMX2 table says of a dataset.

Columns that mean something are put into the profile's words; what is DCAT already goes the way of DCAT.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from harvesters.crosswalks.emx2.columns import AGE_UNIT, SILENT, Column, by_name, by_term
from harvesters.crosswalks.emx2.meaning import Foreign, Reference, Said, Words, statements
from harvesters.descriptions import Description
from harvesters.emx2 import fold, is_row, place_of, repaired
from harvesters.errors import RecordRejected
from harvesters.findings import Finding, Severity
from ontologies.namespaces import PREFIXES, canonical_predicate, compact

VERSION: Final = "emx2/1"

Subject = NamedNode | BlankNode
Value = NamedNode | BlankNode | Literal
About = dict[Subject, list[tuple[str, Value]]]

_TYPE: Final = PREFIXES["rdf"] + "type"
_LABEL: Final = PREFIXES["rdfs"] + "label"
# EUCAIM's model has terms of its own at this address; their names are as good as those of columns.
_EUCAIM_SITE: Final = ("https://www.eucaim.org/", "http://www.eucaim.org/")
# The software says these of every row: where the row is kept, and what it is called there.
_OF_THE_SOFTWARE: Final = ("http://purl.org/linked-data/cube#", "https://w3id.org/fdp/fdp-o#")
# More columns than any model has; a list of more helps nobody.
_MOST_UNKNOWN: Final = 300
_AGES: Final = ("healthdcatap:minTypicalAge", "healthdcatap:maxTypicalAge")
_NAMES: Final = ("displayname", "name", "label")
_NAME_TERMS: Final = ("foaf:name", "vcard:fn", "dct:title", "skos:prefLabel")
_REACHES: Final = (("email", "vcard:hasEmail", "foaf:mbox"), ("website", "homepage", "foaf:homepage"))


@dataclass(frozen=True, slots=True)
class Translated:
    """What columns say, and beside it N-Triples that are to be read as any dialect of DCAT."""

    description: Description
    kept: bytes


def emx2(received: bytes, identifier: str) -> Translated:
    """``received`` are N-Triples about the row ``identifier``, in EMX2's terms."""
    root, about = _read(received, identifier)
    row = _Row(root, about)
    row.sort()
    row.require_years()
    kept = serialize((*row.kept, *row.labelled()), format=RdfFormat.N_TRIPLES) or b""
    told = tuple(statements({column: tuple(given) for column, given in row.said.items()}))
    return Translated(Description(identifier, told, tuple(row.findings)), kept)


@dataclass(slots=True)
class _Row:
    """A row while its statements are sorted: what columns say, what is kept as it is, what is called out."""

    root: NamedNode
    about: About
    said: dict[Column, dict[Said, None]] = field(default_factory=dict)
    labels: list[tuple[str, Said]] = field(default_factory=list)
    kept: list[Triple] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _age_unit: str = ""
    _unknown: set[str] = field(default_factory=set)
    _references: dict[NamedNode, Reference] = field(default_factory=dict)

    def sort(self) -> None:
        for predicate, value in self.about[self.root]:
            place = place_of(predicate)
            if place is not None and place.column:
                self._column(place.column, value)
            elif predicate.startswith(_EUCAIM_SITE):
                self._column(predicate.rsplit("/", 1)[-1], value)
            elif not self._is_of_the_software(predicate, value):
                self._term(predicate, value)

    def require_years(self) -> None:
        """Ages in another unit are left out: the profile counts years."""
        if not self._age_unit or fold(self._age_unit) in ("y", "yr", "yrs", "year", "years"):
            return
        for column in [one for one in self.said if one.term in _AGES]:
            del self.said[column]
            told = f"the ages are in {self._age_unit}, not in years; they were left out"
            self._remark(column.term, self._age_unit, told, "state ages in years", Severity.WARNING)

    def labelled(self) -> Iterator[Triple]:
        """Other rows by what they are called, where no column has said it: EMX2 repeats columns as terms."""
        told = {value for given in self.said.values() for value in given}
        for predicate, value in self.labels:
            if value not in told:
                yield Triple(self.root, NamedNode(predicate), Literal(_words(value)))

    def _column(self, name: str, value: Value) -> None:
        folded = fold(name)
        column = by_name().get(folded)
        if folded == AGE_UNIT:
            self._age_unit = _words(self._said(value))
        if column is not None:
            self._say(column, self._said(value))
        elif folded not in SILENT and folded not in self._unknown and len(self._unknown) < _MOST_UNKNOWN:
            self._unknown.add(folded)
            told = "this column means nothing to the catalogue; it was left out"
            self._remark(name, _words(self._said(value)), told, "say it under a term of DCAT too")

    def _term(self, predicate: str, value: Value) -> None:
        column = by_term().get(canonical_predicate(predicate))
        if isinstance(value, BlankNode) or (value in self.about and not _is_row(value)):
            self.kept.append(Triple(self.root, NamedNode(predicate), value))
            self.kept += self._closure(value)
        elif column is not None:
            self._say(column, self._said(value))
        elif _is_row(value):
            self.labels.append((predicate, self._said(value)))
        else:
            self.kept.append(Triple(self.root, NamedNode(predicate), value))

    def _is_of_the_software(self, predicate: str, value: Value) -> bool:
        if predicate.startswith(_OF_THE_SOFTWARE):
            return True
        if predicate == _TYPE:
            return not (isinstance(value, NamedNode) and value.value.startswith(PREFIXES["dcat"]))
        if predicate == _LABEL:
            place = place_of(self.root.value)
            return place is not None and value.value == " ".join(text for _, text in place.key)
        return predicate == PREFIXES["dcat"] + "endpointURL" and value.value.endswith("/api/rdf")

    def _say(self, column: Column, value: Said) -> None:
        self.said.setdefault(column, {})[value] = None

    def _said(self, value: Value) -> Said:
        match value:
            case Literal():
                return Words(value.value, value.language or "")
            case NamedNode() if _is_row(value):
                return self._references.get(value) or self._reference(value)
            case _:
                return Foreign(value.value)

    def _reference(self, node: NamedNode) -> Reference:
        place = place_of(node.value)
        label = place.label if place else ""
        described = self.about.get(node, [])
        named = next(_of(described, (*_NAMES, *_NAME_TERMS)), "")
        email, page = (next(_of(described, names), "") for names in _REACHES)
        found = Reference(node.value, label, named, email.removeprefix("mailto:"), page)
        self._references[node] = found
        return found

    def _closure(self, start: Value) -> Iterator[Triple]:
        """What is said of a node that is no row, and of what it leads to."""
        waiting, seen = [start], {start, self.root}
        while waiting:
            node = waiting.pop()
            for predicate, value in self.about.get(node, []) if not isinstance(node, Literal) else []:
                yield Triple(_subject(node), NamedNode(predicate), value)
                if value not in seen and not _is_row(value):
                    seen.add(value)
                    waiting.append(value)

    def _remark(
        self, path: str, value: str, message: str, how_to_fix: str, severity: Severity = Severity.INFO
    ) -> None:
        remark = Finding(severity, self.root.value, path[:200], value[:200], message, how_to_fix)
        self.findings.append(remark)


def _read(received: bytes, identifier: str) -> tuple[NamedNode, About]:
    """The row and all statements by subject, with the slash that addresses have lost."""
    about: About = {}
    try:
        root = NamedNode(identifier)
        for quad in parse(received, format=RdfFormat.N_TRIPLES):
            subject, value = quad.subject, quad.object
            if isinstance(subject, Triple) or isinstance(value, Triple):
                continue
            if quad.predicate.value == _LABEL and value.value == subject.value:
                continue  # EMX2 labels each address with itself
            whole = NamedNode(repaired(value.value)) if isinstance(value, NamedNode) else value
            owner = NamedNode(repaired(subject.value)) if isinstance(subject, NamedNode) else subject
            about.setdefault(owner, []).append((repaired(quad.predicate.value), whole))
    except (SyntaxError, ValueError) as error:
        raise RecordRejected(f"{identifier!r} is no row, or its record no N-Triples ({error})") from error
    if root not in about:
        raise RecordRejected(f"{identifier}: the record says nothing about this row")
    return root, about


def _of(described: list[tuple[str, Value]], names: tuple[str, ...]) -> Iterator[str]:
    """What columns or terms of these names say, the names' order first."""
    for name in names:
        for predicate, value in described:
            place = place_of(predicate)
            found = fold(place.column) if place else compact(predicate)
            if found == name and value.value.strip():
                yield value.value.strip()


def _words(said: Said) -> str:
    match said:
        case Words(text):
            return text.strip()
        case Reference():
            return said.called
        case Foreign(iri):
            return iri


def _is_row(value: Value) -> bool:
    return isinstance(value, NamedNode) and is_row(value.value)


def _subject(node: Value) -> Subject:
    if isinstance(node, Literal):
        raise TypeError(node)
    return node
