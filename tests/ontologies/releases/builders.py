"""Small releases to write tests with."""

from collections.abc import Iterable
from pathlib import Path

from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.releases.codes import iri_of_code
from ontologies.releases.terms import Release, Term

OBO = "http://purl.obolibrary.org/obo/"
HEADER = "format-version: 1.2\ndata-version: releases/2026-07-31/doid.obo\nontology: doid\n"
RDF_XML = (
    '<?xml version="1.0"?>{doctype}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#"'
    ' xmlns="https://cancerimage.eu/ontology/EUCAIM#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">'
    "{body}</rdf:RDF>"
)
TURTLE = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
"""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def obo(*stanzas: str) -> str:
    return HEADER + "".join(f"\n[Term]\n{each}\n" for each in stanzas)


def term(code: str, label: str, *parents: str, **more: object) -> Term:
    fields = {"parents": tuple(iri_of_code(each) for each in parents), **more}
    return Term(iri=iri_of_code(code), code=code, label=label, **fields)  # type: ignore[arg-type]


def release(*terms: Term, version: str = "2026-07-31") -> Release:
    return Release("Diseases", version, "CC0", "urn:test:doid", "0" * 64, terms)


def concept(code: str, label: str, *parents: str, axis: Axis = Axis.CANCER, **more: object) -> Concept:
    iri = f"urn:catalogue:concepts/{code}"
    return Concept(code=code, iri=iri, axis=axis, label=label, parents=parents, **more)  # type: ignore[arg-type]


def scheme(*concepts: Concept, root: str = "DOID:162") -> ConceptScheme:
    """With a root that has DOID's code of cancer."""
    return ConceptScheme("1", (concept("C-cancer", "Cancer", notations=(root,)), *concepts))


def codes(concepts: Iterable[Concept]) -> set[str]:
    return {each.code for each in concepts}
