"""What the files of labels in other languages hold, whoever writes the next line."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

import pyoxigraph as ox
import pytest

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, ConceptScheme, code_of
from ontologies.namespaces import CIMG, CONCEPTS, PREFIXES
from ontologies.own_scheme import LANGUAGES, load_scheme

DRAFT_LABEL, DRAFT_SYNONYM = CIMG + "draftLabel", CIMG + "draftSynonym"
LABEL, SYNONYM = PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "altLabel"


@dataclass(frozen=True)
class Name:
    code: str
    predicate: str
    text: str
    language: str

    @property
    def is_label(self) -> bool:
        return self.predicate in (LABEL, DRAFT_LABEL)


@pytest.fixture(scope="module")
def scheme() -> ConceptScheme:
    return load_scheme()


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def content(language: str) -> bytes:
    return (resources.files("ontologies") / "data" / f"labels-{language}.ttl").read_bytes()


@pytest.fixture(scope="module")
def names(content: bytes, language: str) -> tuple[Name, ...]:
    """Everything said in the file, in its order, but what is said of the file itself."""
    return tuple(_names(content, about=_set_of(language)))


@pytest.mark.parametrize("axis", Axis)
def test_every_concept_that_a_facet_shows_has_a_label(
    scheme: ConceptScheme, names: tuple[Name, ...], axis: Axis
) -> None:
    labelled = {name.code for name in names if name.is_label}
    assert [each.code for each in scheme.on(axis) if each.shown and each.code not in labelled] == []


def test_a_concept_has_one_label_a_draft_or_a_reviewed_one(names: tuple[Name, ...]) -> None:
    labels = Counter(name.code for name in names if name.is_label)
    assert [code for code, count in labels.items() if count > 1] == []


def test_a_synonym_stands_beside_a_label(names: tuple[Name, ...]) -> None:
    labelled = {name.code for name in names if name.is_label}
    assert {name.code for name in names} - labelled == set()


def test_nothing_but_labels_and_synonyms_is_said_of_a_concept(names: tuple[Name, ...]) -> None:
    known = {LABEL, SYNONYM, DRAFT_LABEL, DRAFT_SYNONYM}
    assert [name for name in names if name.predicate not in known] == []


def test_no_two_concepts_of_an_axis_share_a_name(scheme: ConceptScheme, names: tuple[Name, ...]) -> None:
    meant: dict[tuple[Axis, str], set[str]] = {}
    for name in names:
        if concept := scheme.get(name.code):
            meant.setdefault((concept.axis, normalise_label(name.text)), set()).add(name.code)
    assert {key: codes for key, codes in meant.items() if len(codes) > 1} == {}


def test_no_name_is_the_english_name_of_another_concept(
    scheme: ConceptScheme, names: tuple[Name, ...]
) -> None:
    english: dict[tuple[Axis, str], set[str]] = {}
    for each in scheme:
        for text in (each.label, *each.synonyms):
            english.setdefault((each.axis, normalise_label(text)), set()).add(each.code)
    assert [name for name in names if _misleads(name, scheme, english)] == []


def test_every_label_names_a_concept_of_the_scheme(scheme: ConceptScheme, names: tuple[Name, ...]) -> None:
    assert [name.code for name in names if scheme.get(name.code) is None] == []


def test_every_name_is_tagged_with_the_language_of_its_file(names: tuple[Name, ...], language: str) -> None:
    assert {name.language for name in names} == {language}


def test_no_name_is_blank_or_framed_by_blanks(names: tuple[Name, ...]) -> None:
    assert [name for name in names if not name.text or name.text != " ".join(name.text.split())] == []


def test_concepts_stand_in_the_order_of_axis_and_code(scheme: ConceptScheme, names: tuple[Name, ...]) -> None:
    axes = list(Axis)
    found = [concept for code in dict.fromkeys(name.code for name in names) if (concept := scheme.get(code))]
    places = [(axes.index(each.axis), each.code) for each in found]
    assert places == sorted(places)


def test_a_file_says_its_language_and_its_licence(content: bytes, language: str) -> None:
    said = {
        quad.predicate.value: quad.object
        for quad in ox.parse(content, format=ox.RdfFormat.TURTLE)
        if quad.subject == _set_of(language)
    }
    assert said[PREFIXES["dct"] + "language"] == ox.Literal(language)
    assert said[PREFIXES["dct"] + "license"] == ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")


def _set_of(language: str) -> ox.NamedNode:
    return ox.NamedNode(f"{CONCEPTS}labels-{language}")


def _names(content: bytes, *, about: ox.NamedNode) -> Iterator[Name]:
    for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
        if quad.subject == about:
            continue
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, ox.Literal), f"{quad.subject.value} has a value that is no text"
        yield Name(
            code_of(quad.subject.value), quad.predicate.value, quad.object.value, quad.object.language or ""
        )


def _misleads(name: Name, scheme: ConceptScheme, english: dict[tuple[Axis, str], set[str]]) -> bool:
    """Whether a provider who writes in English would mean something else by the name."""
    concept = scheme.get(name.code)
    if concept is None:
        return False
    meant = english.get((concept.axis, normalise_label(name.text)), set())
    return bool(meant) and name.code not in meant
