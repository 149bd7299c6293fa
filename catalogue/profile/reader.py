"""Which dataset a record's statements describe."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Self

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from catalogue.model.dataset import (
    Agent,
    AgeRange,
    AlignedValue,
    Counts,
    Dataset,
    Distribution,
    Period,
    StatedCount,
    Text,
)
from catalogue.profile import terms
from catalogue.profile.datatypes import whole_number
from catalogue.profile.identifiers import normal_identifier
from catalogue.profile.lines import Term, is_plain, spelt, term_of, value_of
from ontologies.concepts import Axis
from ontologies.namespaces import compact

_OLDEST: Final = 120
_AXES: Final = frozenset(Axis)


class Statements:
    """A record's triples, by subject and predicate, as they are written: most are never asked for.

    Blank nodes do not occur in the profile.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._objects: dict[tuple[str, str], list[str]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                self._objects[str(quad.subject), str(quad.predicate)].append(str(quad.object))

    @classmethod
    def of(cls, triples: bytes) -> Self:
        if not is_plain(triples):
            return cls(parse(triples, format=RdfFormat.N_TRIPLES))
        found = cls(())
        for line in triples.decode().split("\n")[:-1]:
            subject, predicate, written = line.split(" ", 2)
            found._objects[subject, predicate].append(written[:-2])  # without the full stop
        return found

    def terms(self, subject: str, predicate: str) -> list[Term]:
        return [term_of(written) for written in self._written(subject, predicate)]

    def values(self, subject: str, predicate: str) -> list[str]:
        return [value_of(written) for written in self._written(subject, predicate)]

    def first(self, subject: str, predicate: str) -> str:
        written = self._written(subject, predicate)
        return value_of(written[0]) if written else ""

    def nodes(self, subject: str, predicate: str) -> list[str]:
        return [value_of(written) for written in self._written(subject, predicate) if written[0] == "<"]

    def texts(self, subject: str, predicate: str) -> tuple[Text, ...]:
        literals = (term for term in self.terms(subject, predicate) if isinstance(term, Literal))
        found = {Text(literal.value.strip(), (literal.language or "").lower()) for literal in literals}
        return tuple(
            sorted((text for text in found if text.text), key=lambda text: (text.language, text.text))
        )

    def number(self, subject: str, predicate: str) -> int | None:
        """The count stated; the largest where a record states several."""
        numbers = [whole_number(value) for value in self.values(subject, predicate)]
        return max((number for number in numbers if number is not None), default=None)

    def _written(self, subject: str, predicate: str) -> list[str]:
        return self._objects.get((spelt(subject), spelt(predicate)), [])


def read_dataset(key: str, iri: str, triples: bytes) -> Dataset:
    """``triples`` are published N-Triples, ``iri`` the provider's subject."""
    found = Statements.of(triples)
    return Dataset(
        key=key,
        iri=iri,
        titles=found.texts(iri, f"{terms.DCT}title"),
        descriptions=found.texts(iri, f"{terms.DCT}description"),
        keywords=found.texts(iri, terms.KEYWORD),
        identifiers=stated_identifiers(found, iri),
        values=tuple(
            sorted(_values(found, iri), key=lambda value: (value.axis, value.raw, value.concept or ""))
        ),
        counts=Counts(
            patients=found.number(iri, terms.PATIENTS),
            studies=found.number(iri, terms.STUDIES),
            series=found.number(iri, terms.SERIES),
            images=found.number(iri, terms.IMAGES),
        ),
        ages=_ages(found, iri),
        stated=tuple(sorted(_stated(found, iri), key=lambda one: (one.axis, one.raw))),
        period=_period(found, iri),
        publisher=_agent(found, iri, f"{terms.DCT}publisher"),
        custodian=_agent(found, iri, terms.CUSTODIAN),
        hdab=_agent(found, iri, terms.HDAB),
        access_rights=found.first(iri, f"{terms.DCT}accessRights"),
        landing_pages=tuple(sorted(found.values(iri, f"{terms.DCAT}landingPage"))),
        distributions=tuple(sorted(_distributions(found, iri), key=lambda one: (one.title, one.access_url))),
        languages=tuple(sorted(found.values(iri, f"{terms.DCT}language"))),
        issued=_date(found.first(iri, f"{terms.DCT}issued")),
        modified=_date(found.first(iri, f"{terms.DCT}modified")),
        version=found.first(iri, f"{terms.DCAT}version"),
        counts_towards_totals=found.first(iri, terms.COUNTS_TOWARDS_TOTALS) != "false",
        derived=found.first(iri, terms.DERIVED) == "true",
        fictional=found.first(iri, terms.FICTIONAL) == "true",
    )


def stated_identifiers(found: Statements, iri: str) -> tuple[str, ...]:
    """The dataset's identifiers at home and elsewhere, in their normal form."""
    given = found.values(iri, f"{terms.DCT}identifier")
    for node in found.nodes(iri, f"{terms.ADMS}identifier"):
        given += found.values(node, f"{terms.SKOS}notation")
    return tuple(sorted({normal_identifier(value) for value in given if value.strip()}))


def _values(found: Statements, iri: str) -> Iterator[AlignedValue]:
    for node in found.nodes(iri, terms.ALIGNED_VALUE):
        yield AlignedValue(
            axis=Axis(found.first(node, terms.AXIS)),
            raw=found.first(node, terms.RAW_VALUE),
            concept=found.first(node, terms.CONCEPT_CODE) or None,
            justification=found.first(node, terms.JUSTIFICATION),
            rule=found.first(node, terms.RULE),
            property=compact(found.first(node, terms.FROM_PROPERTY)),
            scheme=found.first(node, terms.SCHEME),
            mapping=found.first(node, terms.MAPPING),
        )


def _ages(found: Statements, iri: str) -> AgeRange:
    """Ages beyond 120 years are no ages (the sample's headers hold 155): unknown, though kept as stated."""
    lowest, highest = found.number(iri, terms.LOWEST_AGE), found.number(iri, terms.HIGHEST_AGE)
    if lowest is not None and highest is not None and lowest > highest:
        return AgeRange()
    return AgeRange(
        lowest=lowest if lowest is not None and lowest <= _OLDEST else None,
        highest=highest if highest is not None and highest <= _OLDEST else None,
    )


def _stated(found: Statements, iri: str) -> Iterator[StatedCount]:
    for node in found.nodes(iri, terms.COUNT_BY):
        axis, patients = found.first(node, terms.DIMENSION), found.number(node, terms.SUBJECTS)
        if axis in _AXES and patients is not None:
            yield StatedCount(
                axis=Axis(axis),
                raw=found.first(node, terms.RAW_VALUE) or found.first(node, terms.VALUE),
                concept=found.first(node, terms.CONCEPT_CODE) or None,
                patients=patients,
                studies=found.number(node, terms.STUDIES_OF_VALUE),
            )


def _period(found: Statements, iri: str) -> Period:
    """The span of all periods stated."""
    nodes = found.nodes(iri, f"{terms.DCT}temporal")
    starts = [_date(text) for node in nodes for text in found.values(node, f"{terms.DCAT}startDate")]
    ends = [_date(text) for node in nodes for text in found.values(node, f"{terms.DCAT}endDate")]
    return Period(
        start=min((day for day in starts if day), default=None),
        end=max((day for day in ends if day), default=None),
    )


def _agent(found: Statements, iri: str, predicate: str) -> Agent | None:
    for term in found.terms(iri, predicate):
        if isinstance(term, Literal):
            return Agent(name=term.value)
        own = "" if term.value.startswith(terms.OWN) else term.value
        name = found.first(term.value, f"{terms.FOAF}name")
        contacts = found.nodes(term.value, terms.CONTACT_POINT)
        if name or own:
            return Agent(
                name=name or own,
                iri=own,
                email=next((found.first(node, terms.EMAIL) for node in contacts), ""),
                page=next((found.first(node, terms.CONTACT_PAGE) for node in contacts), ""),
            )
    return None


def _distributions(found: Statements, iri: str) -> Iterator[Distribution]:
    for node in found.nodes(iri, f"{terms.DCAT}distribution"):
        titles = found.texts(node, f"{terms.DCT}title")
        yield Distribution(
            title=titles[0].text if titles else "",
            access_url=found.first(node, f"{terms.DCAT}accessURL"),
            licence=found.first(node, f"{terms.DCT}license"),
            media_type=found.first(node, f"{terms.DCAT}mediaType"),
            rights=tuple(sorted(found.values(node, f"{terms.DCT}rights"))),
            byte_size=found.number(node, terms.BYTE_SIZE),
            citation=found.first(node, f"{terms.DCT}bibliographicCitation"),
        )


def _date(text: str) -> date | None:
    """The day of a date or dateTime; other forms are kept in the record and not shown as a date."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
