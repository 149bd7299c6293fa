"""Names whose concept is known by a published code, and the concepts among which it is to be found."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, TypeAdapter

from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import load_mappings
from ontologies.own_scheme import load_scheme
from ontologies.suggestions import Candidate, candidates


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Printed:
    """What was published of a method over the same names and strings."""

    method: str
    accuracy: float
    mrr: float | None = None
    recall: float | None = None


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The codes that make the answers known are no strings to match by."""

    name: str
    candidates: tuple[Candidate, ...]
    questions: tuple[Question, ...]
    printed: tuple[Printed, ...] = ()


def read_gold_sets(folder: Path) -> tuple[GoldSet, ...]:
    """Sets over the cancers of the Human Disease Ontology, from a folder of ontology files; and our own.

    Raises ``OSError`` for a file that is not there, ``ValueError`` for one that is not what it should be.
    """
    terms = _TERMS.validate_json((folder / "cancer_slice" / "cancer_slice.json").read_bytes())
    cancers = tuple(Candidate(each.id, each.label, each.names) for each in terms)
    by_code = _by_code(terms)
    tree = _TREE.validate_json((folder / "oncotree" / "oncotree_2025_10_03.json").read_bytes())
    nodes = [node for root in tree.values() for node in root.walk()]
    coded = {code for node in nodes for code in node.nci}
    labels = tuple(_rows(folder / "mondo" / "mondo_exactmatch_ncit.sssom.tsv"))
    return (
        GoldSet("NCIt labels, development half", cancers, _nci_half(labels, by_code, coded)),
        GoldSet("NCIt labels, the other half", cancers, _nci_half(labels, by_code)),
        _oncotree_set(cancers, nodes, by_code),
        GoldSet("MONDO labels by DOID", cancers, _mondo(folder, {each.id for each in terms})),
        GoldSet("EUCAIM labels by NCIt", cancers, _eucaim(folder, by_code)),
        GoldSet("Spanish names, English index", cancers, _spanish(folder, {each.id for each in terms})),
        *own_words(load_scheme()),
    )


def own_words(scheme: ConceptScheme) -> Iterator[GoldSet]:
    """Providers' words that curators placed on concepts; most equal none of their names."""
    for axis in Axis:
        rows = (row for row in load_mappings().mappings if row.subject_category is axis and row.literal)
        asked = _grouped((row.subject_label, row.concept) for row in rows if row.concept and row.places)
        if len(asked) >= _FEWEST:
            yield GoldSet(f"providers' words, {axis.value}", tuple(candidates(scheme, axis)), asked)


_FEWEST: Final = 20
# Each with synonyms; of another number of names nothing was published.
_PRINTED_NAMES: Final = 387
_PRINTED_ONCOTREE: Final = (
    Printed("exact", 0.558),
    Printed("BM25", 0.760, 0.823, 0.948),
    Printed("trigram", 0.765, 0.838, 0.972),
)


class _Term(BaseModel):
    id: str
    label: str
    synonyms: tuple[tuple[str, str], ...]
    xrefs: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for text, _ in self.synonyms))


class _Node(BaseModel):
    name: str
    externalReferences: dict[str, tuple[str, ...]]  # noqa: N815 - OncoTree's name
    children: "dict[str, _Node]"

    @property
    def nci(self) -> tuple[str, ...]:
        return self.externalReferences.get("NCI", ())

    def walk(self) -> "Iterator[_Node]":
        yield self
        for child in self.children.values():
            yield from child.walk()


_TERMS: Final = TypeAdapter(tuple[_Term, ...])
_TREE: Final = TypeAdapter(dict[str, _Node])


def _by_code(terms: Iterable[_Term]) -> Mapping[str, frozenset[str]]:
    """NCIt code to the terms that name it; some name one together."""
    found: dict[str, set[str]] = defaultdict(set)
    for term in terms:
        for xref in term.xrefs:
            system, _, code = xref.partition(":")
            if system == "NCI":
                found[code].add(term.id)
    return {code: frozenset(ids) for code, ids in found.items()}


def _nci_half(
    labels: Iterable[Mapping[str, str]],
    by_code: Mapping[str, frozenset[str]],
    left_out: Iterable[str] | None = None,
) -> tuple[Question, ...]:
    """The half to tune on has none of the codes ``left_out``, so that OncoTree's names stay unseen."""
    unseen = None if left_out is None else frozenset(left_out)
    pairs = {(row["object_label"], row["object_id"].removeprefix("NCIT:")) for row in labels}
    return tuple(
        Question(label, by_code[code])
        for label, code in sorted(pairs)
        if code in by_code and _development(label) is (unseen is not None) and code not in (unseen or ())
    )


def _development(label: str) -> bool:
    return hashlib.sha256(label.encode()).digest()[0] % 2 == 0


def _oncotree_set(
    cancers: tuple[Candidate, ...], nodes: Iterable[_Node], by_code: Mapping[str, frozenset[str]]
) -> GoldSet:
    asked = ((node.name, _together(node.nci, by_code)) for node in nodes)
    questions = tuple(Question(name, answers) for name, answers in asked if answers)
    printed = _PRINTED_ONCOTREE if len(questions) == _PRINTED_NAMES else ()
    return GoldSet("OncoTree names by NCIt", cancers, questions, printed)


def _mondo(folder: Path, known: set[str]) -> tuple[Question, ...]:
    rows = _rows(folder / "mondo" / "mondo_exactmatch_doid.sssom.tsv")
    return _grouped((row["subject_label"], row["object_id"]) for row in rows if row["object_id"] in known)


def _eucaim(folder: Path, by_code: Mapping[str, frozenset[str]]) -> tuple[Question, ...]:
    files = ("hierarchy_clin_1.tsv", "hierarchy_clin_2.tsv")
    rows = (row for file in files for row in _rows(folder / "eucaim" / file))
    codes = (
        (row["label"], [each.removeprefix("NCIT=") for each in (row["codes"] or "").split(";")])
        for row in rows
    )
    asked = ((label, _together(named, by_code)) for label, named in codes)
    return tuple(Question(label, answers) for label, answers in asked if answers)


def _spanish(folder: Path, known: set[str]) -> tuple[Question, ...]:
    return _grouped(
        (row["translation_text"], row["source_id"])
        for row in _rows(folder / "doid" / "doid-es-cancer.tsv")
        if row["status"] == "MANUALLY TRANSLATED"
        and row["predicate"] in ("rdfs:label", "oboInOwl:hasExactSynonym")
        and row["source_id"] in known
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> tuple[Question, ...]:
    found: dict[str, set[str]] = defaultdict(set)
    for text, answer in pairs:
        found[text].add(answer)
    return tuple(Question(text, frozenset(answers)) for text, answers in sorted(found.items()))


def _together(codes: Iterable[str], by_code: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(by_code.get(code, frozenset()) for code in codes))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
