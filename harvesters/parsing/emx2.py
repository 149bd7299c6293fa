"""Which rows of an EMX2 table are datasets, each with all that is said of it. Runs inside the sandbox."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from harvesters.emx2 import LONGEST_ADDRESS, fold, is_row, place_of, repaired
from harvesters.errors import LimitReached, NotMetadata, RecordRejected
from harvesters.findings import Finding, Severity
from harvesters.parsing import extracts
from harvesters.parsing.documents import Answer, read_answer
from harvesters.parsing.mending import Document, Subject
from harvesters.parsing.pages import FoundDataset, bounded
from harvesters.recognition import names_nothing
from harvesters.source import Rejected
from ontologies.namespaces import PREFIXES, canonical_iri

# A dataset's publisher is a role of an organisation, which is a row of another table.
_MOST_HOPS: Final = 2
_MOST_KINDS: Final = 50

_TYPE: Final = PREFIXES["rdf"] + "type"
_DATASET: Final = PREFIXES["dcat"] + "Dataset"
_DCT_TYPE: Final = PREFIXES["dct"] + "type"
_BORDERS: Final = frozenset(
    (
        *(PREFIXES["dcat"] + name for name in ("Dataset", "Catalog", "CatalogRecord")),
        PREFIXES["owl"] + "Ontology",
    )
)
_OTHER_THINGS: Final = frozenset(
    (
        PREFIXES["dcat"] + "Catalog",
        PREFIXES["foaf"] + "Agent",
        PREFIXES["foaf"] + "Organization",
        PREFIXES["vcard"] + "Kind",
        PREFIXES["skos"] + "Concept",
        "http://www.w3.org/ns/org#Organization",
    )
)
_LISTS: Final = frozenset(("catalogues", "catalogs", "networks"))
_OTHER_TABLES: Final = _LISTS | {"orgunitsorbiobanks", "organisations", "agents", "services", "contacts"}
_TYPE_COLUMNS: Final = frozenset(("type", "resourcetype"))
_OTHER_TYPES: Final = frozenset(("catalogue", "catalog", "network"))


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """``beside`` are tables whose rows tell more of the datasets; of other ``types`` none are wanted."""

    answer: Answer
    beside: tuple[Answer, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """What a table holds. Its datasets lie in a file of ``size`` bytes, not in canonical form."""

    withdrawn: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    findings: tuple[Finding, ...]
    size: int


def extract_rows(table: TableAnswer, target: Path) -> Rows:
    """Write the datasets of a table to ``target``. A table without rows is as good as any."""
    document = read_answer(table.answer)
    database = _Database.of(document, [read_answer(one) for one in table.beside])
    _require_a_table(document, database, table.answer.url)
    withdrawn: list[str] = []
    rejected: list[Rejected] = []

    def sound() -> Iterator[FoundDataset]:
        seen: set[str] = set()
        for number, row in enumerate(database.datasets(set(map(fold, table.types))), start=1):
            if number > extracts.MOST_DATASETS:
                raise LimitReached(f"the table holds more than {extracts.MOST_DATASETS:,} datasets")
            place = f"{table.answer.url} (row {number} of the table)"
            match _cut(database, row, place, seen):
                case Rejected() as one:
                    rejected.append(one)
                case FoundDataset() as found:
                    yield found
                case str(iri):
                    withdrawn.append(iri)

    size = extracts.written(sound(), target)
    findings = (*document.findings, *database.left_out(table.answer.url))
    return Rows(tuple(withdrawn), tuple(rejected), findings, size)


def _cut(database: "_Database", row: Subject, place: str, seen: set[str]) -> FoundDataset | Rejected | str:
    """A row's dataset; its identifier alone where the row says that it is withdrawn."""
    if isinstance(row, BlankNode):
        return Rejected(place, "the row has no id, and so no address of its own", identified=False)
    if len(row.value) > LONGEST_ADDRESS:
        told = f"the row's address is longer than {LONGEST_ADDRESS:,} characters"
        return Rejected(place, told, identified=False)
    iri = repaired(row.value)
    if iri in seen:
        return Rejected(iri, "this row stands in the table twice; the first one was taken")
    seen.add(iri)
    return iri if database.is_withdrawn(row) else _cut_out(database, row, iri)


def _cut_out(database: "_Database", row: Subject, iri: str) -> FoundDataset | Rejected:
    if not _has_key(iri):
        return Rejected(iri, "the row has no id, or a placeholder for one", identified=False)
    try:
        return bounded(iri, database.closure(row))
    except RecordRejected as error:
        return Rejected(iri, str(error))


def _has_key(iri: str) -> bool:
    """Rows of a table have keys; datasets that stand there under other addresses need none."""
    place = place_of(iri)
    return place is None or not all(names_nothing(text) for _, text in place.key)


def _require_a_table(document: Document, database: "_Database", url: str) -> None:
    if document.triples and not database.rows and not database.has_tables:
        raise NotMetadata(f"{url}: this is sound RDF, and neither a table of EMX2 nor a dataset")


@dataclass(slots=True)
class _Database:
    """Documents by subject; ``rows`` are those of the first document, in its order."""

    about: dict[Subject, list[Triple]] = field(default_factory=dict)
    kinds: dict[Subject, set[str]] = field(default_factory=dict)
    rows: list[Subject] = field(default_factory=list)
    borders: set[Subject] = field(default_factory=set)
    has_tables: bool = False
    _others: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, document: Document, beside: list[Document]) -> "_Database":
        database = cls()
        database._add(document.triples)
        database.rows = [subject for subject in database.about if database._is_row(subject)]
        database.has_tables = any(_is_table(subject) for subject in database.about)
        for other in beside:
            # Blank nodes of two documents may have one label; EMX2 itself writes none.
            database._add(triple for triple in other.triples if not _has_blank_node(triple))
        database.borders = {subject for subject in database.about if database._is_border(subject)}
        return database

    def datasets(self, types: set[str]) -> Iterator[Subject]:
        """The rows that are wanted; the others are counted."""
        wanted = [row for row in self.rows if self._is_wanted(row, types)]
        self.borders.update(wanted)
        return iter(wanted)

    def left_out(self, url: str) -> Iterator[Finding]:
        for kind, count in self._others.most_common(_MOST_KINDS):
            yield Finding(
                Severity.INFO,
                focus=url,
                path="type",
                value=kind[:200],
                message=f"rows of this kind are no datasets here: {count:,} of them were left out",
                how_to_fix="name the kinds that are datasets in the option type=",
            )

    def is_withdrawn(self, row: Subject) -> bool:
        return any(
            isinstance(triple.object, Literal)
            and triple.object.value.strip().lower() in ("true", "1")
            and _column_of(triple) == "withdrawn"
            for triple in self.about[row]
        )

    def closure(self, root: Subject) -> Iterator[Triple]:
        """All statements about a row and what it leads to, other rows two steps away at most.

        The nearest are taken first, so that the order of the document makes no difference.
        """
        waiting: deque[tuple[Subject, int]] = deque([(root, 0)])
        seen: set[Subject] = set()
        while waiting:
            node, hops = waiting.popleft()
            if node in seen:
                continue
            seen.add(node)
            for triple in self.about[node]:
                yield triple
                value = triple.object
                if isinstance(value, Literal | Triple) or value in self.borders or value not in self.about:
                    continue
                if not _is_key(value):
                    waiting.appendleft((value, hops))
                elif hops < _MOST_HOPS:
                    waiting.append((value, hops + 1))

    def _add(self, triples: Iterable[Triple]) -> None:
        for triple in triples:
            subject, value = triple.subject, triple.object
            if isinstance(subject, Triple) or isinstance(value, Triple):
                continue
            self.about.setdefault(subject, []).append(triple)
            if triple.predicate.value == _TYPE and isinstance(value, NamedNode):
                self.kinds.setdefault(subject, set()).add(canonical_iri(value.value))

    def _is_row(self, subject: Subject) -> bool:
        kinds = self.kinds.get(subject, set())
        return _DATASET in kinds or any(map(_table_of, kinds)) or bool(kinds and _is_key(subject))

    def _is_border(self, subject: Subject) -> bool:
        """Whether a closure ends there: at tables, and at lists, which lead to all other datasets."""
        kinds = self.kinds.get(subject, set())
        if _is_table(subject) or not kinds.isdisjoint(_BORDERS):
            return True
        return not _LISTS.isdisjoint(map(fold, self._tables(subject)))

    def _is_wanted(self, row: Subject, types: set[str]) -> bool:
        said = self._types(row)
        folded = set(map(fold, said))
        if not (self._is_dataset(row) and (folded & types if types else not folded or folded - _OTHER_TYPES)):
            kind = ", ".join(said) or ", ".join(sorted(self._tables(row)))
            self._others[kind] += 1
            return False
        return True

    def _is_dataset(self, row: Subject) -> bool:
        kinds = self.kinds.get(row, set())
        if _DATASET in kinds:
            return True
        return kinds.isdisjoint(_OTHER_THINGS) and _OTHER_TABLES.isdisjoint(map(fold, self._tables(row)))

    def _tables(self, row: Subject) -> set[str]:
        """The tables that a row says it is of, else the one in its address."""
        found = {table for kind in self.kinds.get(row, ()) if (table := _table_of(kind))}
        place = place_of(row.value) if isinstance(row, NamedNode) else None
        return found or ({place.table} if place else set())

    def _types(self, row: Subject) -> list[str]:
        """What a row says of its type, in its column or else as ``dct:type``."""
        named = {_label(one.object) for one in self.about[row] if _column_of(one) in _TYPE_COLUMNS}
        stated = {_label(one.object) for one in self.about[row] if one.predicate.value == _DCT_TYPE}
        return sorted(named or stated)


def _table_of(iri: str) -> str:
    place = place_of(iri)
    return place.table if place and not place.column and not place.key else ""


def _is_table(node: Subject) -> bool:
    """Whether a node is a table or a column, and no row."""
    place = place_of(node.value) if isinstance(node, NamedNode) else None
    return place is not None and not place.key


def _is_key(node: Subject) -> bool:
    return isinstance(node, NamedNode) and is_row(node.value)


def _column_of(triple: Triple) -> str:
    place = place_of(triple.predicate.value)
    return fold(place.column) if place else ""


def _label(value: object) -> str:
    match value:
        case NamedNode():
            place = place_of(value.value)
            return place.label if place else value.value
        case Literal():
            return value.value
        case _:
            return ""


def _has_blank_node(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)
