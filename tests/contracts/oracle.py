"""What a search index must answer, worked out by looking at every document."""

from collections.abc import Iterable, Sequence

from catalogue.ports import (
    HISTOGRAM_STARTS,
    Document,
    FacetCounts,
    FacetFilter,
    FacetValue,
    HistogramBar,
    IndexQuery,
    NumberRange,
    RangeFilter,
    Totals,
)


class Oracle:
    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = tuple(documents)

    def matching(self, query: IndexQuery, *, ignoring: str = "") -> list[Document]:
        return [document for document in self._documents if _matches(document, query, ignoring)]

    def total(self, query: IndexQuery) -> Totals:
        found = self.matching(query)
        counted = [document for document in found if document.counted]
        return Totals(
            datasets=len(found),
            uncounted=len(found) - len(counted),
            patients=_patients(found),
            patients_unknown=sum(document.patients is None for document in counted),
            studies=sum(document.studies or 0 for document in counted),
        )

    def facet(self, query: IndexQuery, name: str) -> FacetCounts:
        found = self.matching(query, ignoring=name)
        by_code: dict[str, list[Document]] = {}
        for document in found:
            for code in set(document.closure.get(name, ())):
                by_code.setdefault(code, []).append(document)
        values = [
            FacetValue(
                code=code,
                datasets=len(having),
                patients=_patients(having),
                patients_stated=sum(numbers) if (numbers := _stated_for(found, name, code)) else None,
                datasets_stated=len(numbers),
            )
            for code, having in by_code.items()
        ]
        return FacetCounts(
            values=tuple(sorted(values, key=lambda value: (-value.datasets, value.code))),
            missing=sum(not document.closure.get(name) for document in found),
        )

    def range(self, query: IndexQuery, name: str) -> NumberRange:
        spans = _spans(self.matching(query), name)
        counted = _spans(self.matching(query, ignoring=name), name)
        starts = HISTOGRAM_STARTS[name]
        return NumberRange(
            least=min((lowest for lowest, _ in spans), default=None),
            most=max((highest for _, highest in spans), default=None),
            histogram=tuple(
                HistogramBar(
                    start=start,
                    end=end,
                    datasets=sum(
                        start <= highest and (end is None or lowest < end) for lowest, highest in counted
                    ),
                )
                for start, end in zip(starts, (*starts[1:], None), strict=True)
            ),
        )

    def order(self, query: IndexQuery) -> list[str]:
        """Keys in the order of ``query.sort``; by relevance only where no text tells documents apart."""
        found = sorted(self.matching(query), key=lambda document: document.key)
        name = query.sort.removeprefix("-")
        if name == "relevance":
            return [document.key for document in found]
        field = "sort_title" if name == "title" else name
        last = [document for document in found if _comes_last(document, field)]
        stated = [document for document in found if document not in last]
        stated.sort(
            key=lambda document: getattr(document, field),
            reverse=query.sort.startswith("-"),
        )
        return [document.key for document in (*stated, *last)]


def _comes_last(document: Document, field: str) -> bool:
    return getattr(document, field) in (None, "") or (field == "patients" and not document.counted)


def words(document: Document) -> set[str]:
    texts = (document.title_tokens, document.label_tokens, document.keyword_tokens, document.text_tokens)
    return {word for text in texts for word in text.split(" ") if word}


def _matches(document: Document, query: IndexQuery, ignoring: str) -> bool:
    return (
        set(query.tokens) <= words(document)
        and all(_passes(document, chosen) for chosen in query.filters if chosen.facet != ignoring)
        and all(_within(document, chosen) for chosen in query.ranges if chosen.field != ignoring)
    )


def _passes(document: Document, chosen: FacetFilter) -> bool:
    missing = not document.closure.get(chosen.facet)
    codes = set((document.concepts if chosen.own else document.closure).get(chosen.facet, ()))
    if codes & set(chosen.unwanted) or (chosen.unwanted_missing and missing):
        return False
    if not chosen.wanted and not chosen.missing:
        return True
    wanted = set(chosen.wanted)
    having = wanted <= codes if chosen.every else bool(wanted & codes)
    return (bool(wanted) and having) or (chosen.missing and missing)


def _within(document: Document, chosen: RangeFilter) -> bool:
    return any(
        (chosen.least is None or chosen.least <= highest) and (chosen.most is None or lowest <= chosen.most)
        for lowest, highest in _spans([document], chosen.field)
    )


def _spans(documents: Sequence[Document], name: str) -> list[tuple[int, int]]:
    """Of the documents that have one; a number is a span of its own."""
    found = []
    for document in documents:
        fields = (f"{name}_lowest", f"{name}_highest") if name in ("age", "year") else (name,)
        ends = [number for field in fields if (number := getattr(document, field)) is not None]
        found += [(ends[0], ends[-1])] if ends else []
    return found


def _stated_for(documents: Sequence[Document], facet: str, code: str) -> list[int]:
    """One number for each counted document that states any for this very code."""
    by_document = (
        [one.patients for one in document.stated if (one.facet, one.code) == (facet, code)]
        for document in documents
        if document.counted
    )
    return [sum(numbers) for numbers in by_document if numbers]


def _patients(documents: Iterable[Document]) -> int:
    return sum(document.patients or 0 for document in documents if document.counted)
