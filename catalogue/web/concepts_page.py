"""What the list of concepts shows: the axes, the tree of one of them, or what a word finds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.errors import BadRequest
from catalogue.search.concepts import ConceptMatch, concept_finder
from catalogue.search.holdings import Holding, holdings, is_counted
from catalogue.search.vocabulary import AXIS_LABELS
from catalogue.web.concept_page import LANGUAGES
from catalogue.web.hits import AXIS_STYLES
from catalogue.web.links import Links
from catalogue.web.services import WebServices
from ontologies.concepts import Axis, Concept, ConceptScheme
from ontologies.own_scheme import Credit, credit

MOST_LETTERS: Final = 400

_MOST_FOUND: Final = 50
# What is further down stands on the concept's own page: a template may not call itself without end.
_DEEPEST: Final = 100


@dataclass(frozen=True, slots=True)
class AxisLine:
    name: str
    label: str
    link: str
    concepts: int
    tongues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One concept of a tree; a concept of several parents stands below each, opened below the first alone."""

    code: str
    label: str
    link: str
    holding: Holding | None
    below: tuple["Branch", ...]
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class MatchLine:
    concept: Concept
    axis: str
    link: str
    how: str
    matched: str
    tongue: str
    holding: Holding | None


@dataclass(frozen=True, slots=True)
class ConceptsView:
    """The data of ``concepts.html``; ``tree`` and ``credit`` are those of the chosen axis, if one is."""

    axes: tuple[AxisLine, ...]
    axis: str
    axis_label: str
    q: str
    found: tuple[MatchLine, ...]
    total: int
    tree: tuple[Branch, ...]
    credit: Credit | None
    style: str
    version: str


def asked_axis(given: Mapping[str, str]) -> Axis | None:
    """Raises ``BadRequest`` for an axis that there is not."""
    name = given.get("axis", "")
    if name and name not in set(Axis):
        raise BadRequest(f"there is no axis {name[:60]!r}; there are {', '.join(Axis)}", parameter="axis")
    return Axis(name) if name else None


def asked_words(given: Mapping[str, str]) -> str:
    """Raises ``BadRequest`` for more letters than any name has."""
    words = given.get("q", "").strip()
    if len(words) > MOST_LETTERS:
        raise BadRequest(f"q is longer than {MOST_LETTERS} characters", parameter="q")
    return words


def concepts_view(given: Mapping[str, str], found: WebServices, links: Links) -> ConceptsView:
    axis, words = asked_axis(given), asked_words(given)
    scheme = found.scheme
    matches = concept_finder(scheme).find(words, axis=axis) if words else ()
    shown = matches[:_MOST_FOUND]
    axes = {match.concept.axis for match in shown} | ({axis} if axis else set())
    held = holdings(axes, found.index)
    return ConceptsView(
        axes=tuple(_axis_line(one, scheme, links) for one in Axis),
        axis=axis.value if axis else "",
        axis_label=AXIS_LABELS[axis] if axis else "",
        q=words,
        found=tuple(_line(match, held, links) for match in shown),
        total=len(matches),
        tree=tuple(_Tree(axis, scheme, links, held).roots()) if axis and not words else (),
        credit=credit(axis) if axis and not words else None,
        style=AXIS_STYLES.get(axis, "ax-access") if axis else "",
        version=scheme.version,
    )


class _Tree:
    """Walks an axis once, each concept opened where it is met first."""

    def __init__(
        self, axis: Axis, scheme: ConceptScheme, links: Links, held: Mapping[tuple[Axis, str], Holding]
    ) -> None:
        self._axis, self._scheme, self._links, self._held = axis, scheme, links, held
        self._opened: set[str] = set()

    def roots(self) -> Iterator[Branch]:
        return (self._branch(concept) for concept in self._scheme.on(self._axis) if not concept.parents)

    def _branch(self, concept: Concept, depth: int = 1) -> Branch:
        known = [one for code in self._scheme.children(concept.code) if (one := self._scheme.get(code))]
        elsewhere = bool(known) and concept.code in self._opened
        self._opened.add(concept.code)
        shown = not elsewhere and depth < _DEEPEST
        inside = sorted(known, key=lambda one: one.label.casefold()) if shown else []
        return Branch(
            code=concept.code,
            label=concept.label,
            link=self._links.concept(concept.code),
            holding=_held(concept, self._held),
            below=tuple(self._branch(one, depth + 1) for one in inside),
            elsewhere=elsewhere,
        )


def _held(concept: Concept, held: Mapping[tuple[Axis, str], Holding]) -> Holding | None:
    """None for what is not counted, the root of an axis included."""
    if not is_counted(concept) or not concept.parents:
        return None
    return held.get((concept.axis, concept.code), Holding())


def _axis_line(axis: Axis, scheme: ConceptScheme, links: Links) -> AxisLine:
    tongues = (LANGUAGES.get(one.code, one.code) for one in scheme.languages(axis) if one.complete)
    concepts = len(scheme.on(axis))
    return AxisLine(axis.value, AXIS_LABELS[axis], links.concepts(axis=axis.value), concepts, tuple(tongues))


def _line(match: ConceptMatch, held: Mapping[tuple[Axis, str], Holding], links: Links) -> MatchLine:
    concept = match.concept
    return MatchLine(
        concept=concept,
        axis=AXIS_LABELS[concept.axis],
        link=links.concept(concept.code),
        how=match.how.value,
        matched="" if match.matched == concept.label else match.matched,
        tongue="" if match.language == "en" else LANGUAGES.get(match.language, match.language),
        holding=_held(concept, held),
    )
