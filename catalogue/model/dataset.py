"""What the catalogue knows of one dataset."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from ontologies.concepts import Axis

# A provider may write a whole book into a title, and pages repeat it.
LONGEST_TITLE: Final = 500


@dataclass(frozen=True, slots=True)
class Text:
    """``language`` is a BCP 47 tag in lower case, "" where the provider gave none."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class AlignedValue:
    """One value as harvested beside the concept it means.

    ``concept`` is a concept's code, None where no concept was found. ``justification`` is a semapv term or
    "" for none, ``rule`` says in words how it was found, ``property`` is the prefixed property it stood in.
    """

    axis: Axis
    raw: str
    concept: str | None
    justification: str
    rule: str
    property: str
    scheme: str
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a provider states of its holdings; None is unknown, never nought."""

    patients: int | None = None
    studies: int | None = None
    series: int | None = None
    images: int | None = None


@dataclass(frozen=True, slots=True)
class StatedCount:
    """What a provider states for one value of an axis (``cimg:countBy``); ``concept`` is a code or None."""

    axis: Axis
    raw: str
    concept: str | None
    patients: int
    studies: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Days; either side may be unknown."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Years; either side may be unknown."""

    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    name: str
    iri: str = ""
    email: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Distribution:
    title: str = ""
    access_url: str = ""
    licence: str = ""
    media_type: str = ""
    rights: tuple[str, ...] = ()
    byte_size: int | None = None
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset description in the profile; ``key`` is the catalogue's, ``iri`` the provider's."""

    key: str
    iri: str
    titles: tuple[Text, ...]
    descriptions: tuple[Text, ...] = ()
    keywords: tuple[Text, ...] = ()
    identifiers: tuple[str, ...] = ()
    values: tuple[AlignedValue, ...] = ()
    counts: Counts = Counts()
    ages: AgeRange = AgeRange()
    stated: tuple[StatedCount, ...] = ()
    period: Period = Period()
    publisher: Agent | None = None
    custodian: Agent | None = None
    hdab: Agent | None = None
    access_rights: str = ""
    landing_pages: tuple[str, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    languages: tuple[str, ...] = ()
    issued: date | None = None
    modified: date | None = None
    version: str = ""
    counts_towards_totals: bool = True
    derived: bool = False
    fictional: bool = False

    @property
    def title(self) -> str:
        """What the dataset is called in a list or a heading; ``titles`` hold each one whole."""
        title = best_text(self.titles)
        return title if len(title) <= LONGEST_TITLE else title[:LONGEST_TITLE] + " …"

    @property
    def description(self) -> str:
        return best_text(self.descriptions)

    def concepts(self, axis: Axis) -> tuple[str, ...]:
        """The codes of one axis, each once, in the order of the values."""
        found = (value.concept for value in self.values if value.axis is axis and value.concept)
        return tuple(dict.fromkeys(found))


def best_text(texts: tuple[Text, ...], language: str = "en") -> str:
    """The text in the wanted language, else an undeclared one, else the first."""
    ranked = sorted(texts, key=lambda text: (text.language.split("-")[0] != language, text.language != ""))
    return ranked[0].text if ranked else ""
