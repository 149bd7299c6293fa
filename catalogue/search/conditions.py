"""Which conditions a search sets, in words, and what it is without each."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.model.query import MISSING, SearchQuery, Selection, Span
from catalogue.ports import IndexReader, Totals
from catalogue.search.compile import compile_query
from catalogue.search.vocabulary import FACET_LABELS, NOT_STATED, RANGE_LABELS, Vocabulary


@dataclass(frozen=True, slots=True)
class Condition:
    """``about`` is the facet, the range or ``q``; ``without`` is the same search freed of this condition."""

    about: str
    heading: str
    label: str
    without: SearchQuery
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What the search would find if one condition were left out."""

    condition: Condition
    total: Totals


def conditions(query: SearchQuery, vocabulary: Vocabulary) -> tuple[Condition, ...]:
    """One for the words, one for each value, one for each range."""
    return (*_words(query), *_values(query, vocabulary), *_ranges(query))


def relaxations(query: SearchQuery, index: IndexReader, vocabulary: Vocabulary) -> tuple[Relaxation, ...]:
    """Leave out the words, a whole facet or a range in turn, and tell what helps, the most helpful first."""
    tried = (*_words(query), *_whole_facets(query, vocabulary), *_ranges(query))
    found = [Relaxation(condition, _total(condition.without, index, vocabulary)) for condition in tried]
    helpful = (relaxation for relaxation in found if relaxation.total.datasets)
    return tuple(sorted(helpful, key=lambda relaxation: -relaxation.total.datasets))


def span_label(name: str, span: Span) -> str:
    """``50 or more patients``, ``age 18 to 40``, ``imaged 2015 or later``."""
    match name:
        case "age":
            return f"age {_between(span, '{}', 'or more')}"
        case "year":
            return f"imaged {_between(span, '{}', 'or later')}"
        case _:
            return f"{_between(span, '{:,}', 'or more')} {name}"


def _between(span: Span, form: str, open_end: str) -> str:
    """Years and ages stand without separators, hence ``form``."""
    match span:
        case Span(least=None, most=int(most)):
            return f"at most {form.format(most)}"
        case Span(least=int(least), most=None):
            return f"{form.format(least)} {open_end}"
        case _:
            return f"{form.format(span.least)} to {form.format(span.most)}"


def _words(query: SearchQuery) -> Iterator[Condition]:
    if query.q:
        without = query.model_copy(update={"q": "", "words": (), "page": 1, "cursor": ""})
        yield Condition("q", "Words", f"“{query.q}”", without)


def _values(query: SearchQuery, vocabulary: Vocabulary) -> Iterator[Condition]:
    for facet, selection in query.facets.items():
        for value in selection.values:
            kept = tuple(other for other in selection.values if other != value)
            without = query.with_selection(facet, selection.model_copy(update={"values": kept}))
            yield Condition(facet, FACET_LABELS[facet], _label(facet, value, vocabulary), without)
        for value in selection.excluded:
            kept = tuple(other for other in selection.excluded if other != value)
            without = query.with_selection(facet, selection.model_copy(update={"excluded": kept}))
            label = _label(facet, value, vocabulary)
            yield Condition(facet, FACET_LABELS[facet], label, without, excluded=True)


def _whole_facets(query: SearchQuery, vocabulary: Vocabulary) -> Iterator[Condition]:
    for facet, selection in query.facets.items():
        wanted = [_label(facet, value, vocabulary) for value in selection.values]
        unwanted = [f"not {_label(facet, value, vocabulary)}" for value in selection.excluded]
        either = (" and " if selection.op == "all" else " or ").join(wanted)
        label = ", ".join(filter(None, [either, *unwanted]))
        yield Condition(facet, FACET_LABELS[facet], label, query.with_selection(facet, Selection()))


def _ranges(query: SearchQuery) -> Iterator[Condition]:
    for name, span in query.ranges.items():
        yield Condition(name, RANGE_LABELS[name], span_label(name, span), query.without_range(name))


def _label(facet: str, value: str, vocabulary: Vocabulary) -> str:
    if value == MISSING:
        return NOT_STATED
    return vocabulary.label(facet, vocabulary.code(facet, value) or value)


def _total(query: SearchQuery, index: IndexReader, vocabulary: Vocabulary) -> Totals:
    bare = compile_query(query, vocabulary).query
    # One hit, for an index refuses to fetch none.
    return index.search(bare.model_copy(update={"limit": 1, "facets": (), "histograms": ()})).total
