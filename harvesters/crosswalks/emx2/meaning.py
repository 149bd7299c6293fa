"""What the values of a row say in the profile's words."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from harvesters import recognition
from harvesters.crosswalks.emx2.columns import COLUMNS, Column, Form
from harvesters.descriptions import Link, Node, Statement, Text, Typed, Value
from harvesters.sheets import values
from harvesters.sheets.lists import ACCESS_RIGHTS, LICENCES
from ontologies.namespaces import AUTHORITIES

_COUNT: Final = "xsd:nonNegativeInteger"
_LISTED: Final = MappingProxyType(
    {
        "health": f"{AUTHORITIES}data-theme/HEAL",
        "data governance act": "http://data.europa.eu/eli/reg/2022/868/oj",
        "european health data space": "http://data.europa.eu/eli/reg/2025/327/oj",
    }
)
_ENDS: Final = (Form.START, Form.END, Form.SPAN)
_SEPARATOR: Final = re.compile(r"[,;\n]")
_YEARS: Final = re.compile(r"\b(\d{4}(?:-\d\d){0,2})\b")


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another row; ``label`` is what its key calls it, the rest what it says where it was sent along."""

    iri: str
    label: str
    name: str = ""
    email: str = ""
    page: str = ""

    @property
    def called(self) -> str:
        return self.name or self.label


@dataclass(frozen=True, slots=True)
class Foreign:
    """An address outside the database."""

    iri: str


Said = Words | Reference | Foreign


def statements(said: Mapping[Column, Sequence[Said]]) -> Iterator[Statement]:
    """All that the columns of a row say, in the order of ``COLUMNS``, each once."""
    yield from dict.fromkeys(_of_dataset(said))
    files = tuple(dict.fromkeys(_of_files(said)))
    if files:
        yield Statement("dcat:distribution", Node("dcat:Distribution", files))
    if period := tuple(_period(said)):
        yield Statement("dct:temporal", Node("dct:PeriodOfTime", period))


def _of_dataset(said: Mapping[Column, Sequence[Said]]) -> Iterator[Statement]:
    terms = {column.term for column in said if not column.spare}
    for column in COLUMNS:
        if column not in said or column.on_files or column.form in _ENDS:
            continue
        if not (column.spare and column.term in terms):
            yield from _stated(column, said[column])


def _of_files(said: Mapping[Column, Sequence[Said]]) -> Iterator[Statement]:
    for column in COLUMNS:
        if column in said and column.on_files:
            yield from _stated(column, said[column])


def _stated(column: Column, given: Sequence[Said]) -> Iterator[Statement]:
    if column.form is Form.CONCEPT:
        # EMX2 gives a term of a list twice: as a row by its name, and by its address elsewhere.
        given = [one for one in given if not isinstance(one, Foreign)] or given
    elif column.form is Form.LISTED:
        given = [one for one in given if isinstance(one, Foreign)] or given
    if column.form is Form.AGE_GROUPS:
        yield Statement(column.term, Text(f"Age groups: {', '.join(sorted(map(_text, given)))}"))
        return
    read = _READERS[column.form]
    for one in given:
        if not recognition.is_placeholder(_text(one)):
            yield from (Statement(column.term, value) for value in read(one))


def _text(one: Said) -> str:
    match one:
        case Words(text):
            return text.strip()
        case Reference():
            return one.label
        case Foreign(iri):
            return iri


def _plain(one: Said) -> Value:
    match one:
        case Words(text, language):
            return Text(text.strip(), language)
        case Reference():
            return Text(one.label)
        case Foreign(iri):
            return Link(iri)


def _texts(one: Said) -> Iterator[Value]:
    yield _plain(one)


def _words(one: Said) -> Iterator[Value]:
    """Older models have all keywords in one text."""
    if isinstance(one, Words):
        pieces = (piece.strip() for piece in _SEPARATOR.split(one.text))
        yield from (Text(piece, one.language) for piece in pieces if piece)
    else:
        yield _plain(one)


def _count(one: Said) -> Iterator[Value]:
    text = values.number(_text(one))
    yield Typed(text, _COUNT) if text else Text(_text(one))


def _size(one: Said) -> Iterator[Value]:
    text = values.size_in_bytes(_text(one))
    yield Typed(text, _COUNT) if text else Text(_text(one))


def _date(one: Said) -> Iterator[Value]:
    yield recognition.dated(_text(one))


def _address(one: Said) -> Iterator[Value]:
    found = "" if isinstance(one, Foreign) else values.address(_text(one))
    yield Link(found) if found else _plain(one)


def _listed(one: Said) -> Iterator[Value]:
    word = _text(one)
    found = _LISTED.get(word.casefold()) or ACCESS_RIGHTS.find(word) or LICENCES.find(word)
    yield Link(found) if found else _plain(one)


def _language(one: Said) -> Iterator[Value]:
    yield _plain(one) if isinstance(one, Foreign) else recognition.language(_text(one))


def _agent(one: Said) -> Iterator[Value]:
    if isinstance(one, Foreign):
        yield Link(one.iri)
        return
    name = one.called if isinstance(one, Reference) else one.text.strip()
    reach = tuple(_reach(one)) if isinstance(one, Reference) else ()
    contact = (Statement("cv:contactPoint", Node("cv:ContactPoint", reach)),) if reach else ()
    yield Node("foaf:Agent", (Statement("foaf:name", Text(name)), *contact))


def _reach(one: Reference) -> Iterator[Statement]:
    if one.email:
        yield Statement("cv:email", Text(one.email))
    if one.page:
        yield Statement("cv:contactPage", Link(one.page))


def _contact(one: Said) -> Iterator[Value]:
    match one:
        case Foreign(iri) if not values.email(iri):
            yield Link(iri)
        case Reference():
            yield Node("vcard:Kind", (Statement("vcard:fn", Text(one.called)), *_card(one.email, one.page)))
        case _:
            email, page = values.email(_text(one)), values.address(_text(one))
            yield Node("vcard:Kind", tuple(_card(email, page)) or (Statement("vcard:fn", Text(_text(one))),))


def _card(email: str, page: str) -> Iterator[Statement]:
    if email:
        yield Statement("vcard:hasEmail", Link(f"mailto:{email}"))
    if page:
        yield Statement("vcard:hasURL", Link(page))


def _name_elsewhere(one: Said) -> Iterator[Value]:
    text = _text(one)
    notation = Statement("skos:notation", Text(recognition.doi(text) or text))
    yield Node("adms:Identifier", (notation,))


def _series(one: Said) -> Iterator[Value]:
    if isinstance(one, Reference):
        yield Node("dcat:DatasetSeries", (Statement("dct:title", Text(one.called)),), iri=one.iri)
    else:
        yield _plain(one)


def _with_samples(one: Said) -> Iterator[Value]:
    if subjects := values.number(_text(one)):
        told = (
            Statement("cimg:dimension", Text("linked")),
            Statement("cimg:value", Text("Biological samples")),
            Statement("cimg:subjects", Typed(subjects, _COUNT)),
        )
        yield Node("", told)


def _explained(kind: str, path: str) -> Callable[[Said], Iterator[Value]]:
    """A text as a node that is explained by it."""

    def read(one: Said) -> Iterator[Value]:
        yield _plain(one) if isinstance(one, Foreign) else Node(kind, (Statement(path, _plain(one)),))

    return read


def _period(said: Mapping[Column, Sequence[Said]]) -> Iterator[Statement]:
    """One period of all that is told of its ends: EMX2 has a column for each."""
    ends = dict.fromkeys(end for column, given in said.items() for end in _ends(column, map(_text, given)))
    for path, moment in ends:
        yield Statement(path, recognition.dated(moment))


def _ends(column: Column, given: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in given:
        match column.form:
            case Form.START | Form.END if not recognition.is_placeholder(text):
                yield column.term, text
            case Form.SPAN:
                yield from _span(text)
            case _:
                pass


def _span(text: str) -> Iterator[tuple[str, str]]:
    """``startDate: 2010`` and ``endDate: 2015`` as EUCAIM has them, or ``2010 - 2015``."""
    found = _YEARS.findall(text)
    if found and not text.casefold().startswith("end"):
        yield "dcat:startDate", found[0]
    if found and not text.casefold().startswith("start"):
        yield "dcat:endDate", found[-1]


_READERS: Final[Mapping[Form, Callable[[Said], Iterator[Value]]]] = MappingProxyType(
    {
        Form.TEXT: _texts,
        Form.WORDS: _words,
        Form.COUNT: _count,
        Form.SIZE: _size,
        Form.DATE: _date,
        Form.ADDRESS: _address,
        Form.CONCEPT: _texts,
        Form.LISTED: _listed,
        Form.LANGUAGE: _language,
        Form.AGENT: _agent,
        Form.CONTACT: _contact,
        Form.NAME_ELSEWHERE: _name_elsewhere,
        Form.PROVENANCE: _explained("dct:ProvenanceStatement", "rdfs:label"),
        Form.PURPOSE: _explained("dpv:Purpose", "dct:description"),
        Form.SERIES: _series,
        Form.WITH_SAMPLES: _with_samples,
    }
)
