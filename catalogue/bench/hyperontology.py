"""A file of the EUCAIM hyperontology's size and shape: its form, with content of our own making."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from ontologies.namespaces import EUCAIM

CLASSES: Final = 4_068
CHARACTERS: Final = 5_300_000
_CHILDREN: Final = 6
_SYLLABLES: Final = ("ba", "co", "di", "fe", "gli", "ho", "lu", "mo", "neo", "or", "pla", "re", "sar", "tu")
_HEAD: Final = """<?xml version="1.0"?>
<rdf:RDF xmlns="https://cancerimage.eu/ontology/EUCAIM#"
     xml:base="https://cancerimage.eu/ontology/EUCAIM"
     xmlns:owl="http://www.w3.org/2002/07/owl#"
     xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
     xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"
     xmlns:skos="http://www.w3.org/2004/02/skos/core#"
     xmlns:dct="http://purl.org/dc/terms/">
    <owl:Ontology rdf:about="https://cancerimage.eu/ontology/EUCAIM">
        <owl:versionInfo>2.0</owl:versionInfo>
        <dct:title xml:lang="en">Generated in the shape of the hyperontology</dct:title>
        <dct:license rdf:resource="http://creativecommons.org/publicdomain/zero/1.0/"/>
    </owl:Ontology>
"""


@dataclass(frozen=True, slots=True)
class _Class:
    code: str
    label: str
    parent: str


def write_hyperontology(path: Path, *, codes: Path | None = None, seed: int = 1) -> None:
    """With a table of codes and labels (columns ``code`` and ``label``) those, else generated ones."""
    chance = random.Random(seed)  # noqa: S311
    classes = list(_placed(_listed(codes) if codes else _generated(chance)))
    texts = [_class(each, chance) for each in classes]
    spare = max(0, CHARACTERS - len(_HEAD) - sum(map(len, texts))) // len(texts)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        for text in texts:
            file.write(text.replace("</owl:Class>", f"{_described(chance, spare)}</owl:Class>"))
        file.write("</rdf:RDF>\n")


def _listed(codes: Path) -> Iterator[tuple[str, str]]:
    with codes.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["code"], row["label"]


def _generated(chance: random.Random) -> Iterator[tuple[str, str]]:
    """The three parts that matter, below the classes that the scheme has."""
    roots = (("CLIN1007977", "Cancer"), ("BP1000024", "Body part"), ("IMG1000009", "Imaging modality"))
    yield from roots
    prefixes = [code.rstrip("0123456789") for code, _ in roots]
    for number in range(CLASSES - len(roots)):
        yield f"{prefixes[number % len(prefixes)]}9{number:06}", f"{_words(chance, 3)} {number}"


def _placed(rows: Iterator[tuple[str, str]]) -> Iterator[_Class]:
    """A tree for each part (``CLIN``, ``BP``, ``IMG``), six below each."""
    parts: dict[str, list[str]] = {}
    for code, label in rows:
        part = parts.setdefault(code.rstrip("0123456789"), [])
        yield _Class(code, label, part[(len(part) - 1) // _CHILDREN] if part else "")
        part.append(code)


def _class(one: _Class, chance: random.Random) -> str:
    number = chance.randrange(10**8)
    said = [
        f'<skos:prefLabel xml:lang="en">{escape(one.label)}</skos:prefLabel>',
        f'<rdfs:label xml:lang="en">{escape(one.label)}</rdfs:label>',
        *(f'<skos:altLabel xml:lang="en">{_words(chance, 4)}</skos:altLabel>' for _ in range(2)),
        f"<synonym>{_words(chance, 3)}</synonym>",
        f"<acronym>{_words(chance, 1).upper()}{number}</acronym>",
        f"<SNOMEDCT>9{number:08}</SNOMEDCT>",
        f"<UMLS_CUI>C9{number:07}</UMLS_CUI>",
        f"<NCIT>C9{number}</NCIT>" if number % 3 == 0 else "<ICD10>C50</ICD10>",
        f'<skos:exactMatch rdf:resource="http://snomed.info/id/9{number:08}"/>',
    ]
    if one.parent:
        said.insert(0, f'<rdfs:subClassOf rdf:resource="{EUCAIM}{one.parent}"/>')
    lines = "".join(f"        {each}\n" for each in said)
    return f'    <owl:Class rdf:about="{EUCAIM}{one.code}">\n{lines}    </owl:Class>\n'


def _described(chance: random.Random, characters: int) -> str:
    frame = len('<skos:definition xml:lang="en"></skos:definition>')
    text = _words(chance, 1 + characters // 8)[: max(0, characters - frame)]
    return f'<skos:definition xml:lang="en">{text}</skos:definition>'


def _words(chance: random.Random, count: int) -> str:
    return " ".join("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(count))
