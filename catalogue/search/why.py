"""Why a dataset was found: the provider's word for a wanted concept, or the words of the search."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.ports import Document, Hit
from catalogue.search.compile import Compiled
from catalogue.search.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Meant:
    """The provider wrote ``raw``, which means ``label``; ``within`` is the broader concept wanted."""

    raw: str
    label: str
    within: str = ""

    def __str__(self) -> str:
        narrower = f", narrower than {self.within}" if self.within else ""
        return f"“{self.raw}” means {self.label}{narrower}"


@dataclass(frozen=True, slots=True)
class Worded:
    """Words of the search, as the visitor wrote them, and the part of the record they stand in."""

    words: tuple[str, ...]
    place: str

    def __str__(self) -> str:
        one = len(self.words) == 1
        return (
            f"the word{'' if one else 's'} {', '.join(self.words)} {'is' if one else 'are'} in {self.place}"
        )


Why = Meant | Worded


def reasons(hit: Hit, compiled: Compiled, q: str, vocabulary: Vocabulary) -> tuple[Why, ...]:
    return (*_meant(hit.document, compiled, vocabulary), *_worded(hit, compiled, q))


def _meant(document: Document, compiled: Compiled, vocabulary: Vocabulary) -> Iterable[Why]:
    """One reason for each concept and what was wanted, in a word of the provider's rather than a code."""
    found: dict[tuple[str, str], Why] = {}
    for facet, wanted in compiled.wanted().items():
        said = [one for one in document.evidence if one.axis == facet]
        for one in sorted(said, key=lambda one: "://" in one.raw or one.raw.startswith("urn:")):
            for code in wanted:
                if vocabulary.is_within(one.concept, code):
                    found.setdefault((one.concept, code), _reason(one.raw, one.concept, code, vocabulary))
    return found.values()


def _reason(raw: str, concept: str, wanted: str, vocabulary: Vocabulary) -> Meant:
    label = vocabulary.scheme.label(concept)
    return Meant(raw, label, vocabulary.scheme.label(wanted) if concept != wanted else "")


def _worded(hit: Hit, compiled: Compiled, q: str) -> Iterable[Why]:
    """Each word once, in the first of title, concepts, keywords and description that holds it."""
    written = {word.text: q[word.start : word.end] for word in reversed(compiled.words)}
    left = [token for token in compiled.query.tokens if token in hit.matched]
    for place, text in _places(hit.document):
        held = set(text.split())
        here = tuple(written[token] for token in left if token in held)
        left = [token for token in left if token not in held]
        if here:
            yield Worded(here, place)


def _places(document: Document) -> tuple[tuple[str, str], ...]:
    return (
        ("title", document.title_tokens),
        ("concepts", document.label_tokens),
        ("keywords", document.keyword_tokens),
        ("description", document.text_tokens),
    )
