"""What a visitor asks for: a search as a value, and the same as a query string."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from catalogue.errors import BadRequest

FACETS: Final = (
    "cancer",
    "topography",
    "bodypart",
    "modality",
    "manufacturer",
    "sex",
    "country",
    "provider",
    "tier",
    "access",
    "condition",
    "use",
    "type",
    "method",
    "linked",
    "screening",
    "licence",
)
RANGES: Final = ("patients", "studies", "age", "year")
SORTS: Final = ("relevance", "patients", "-patients", "title", "-modified", "modified")
MISSING: Final = "missing"
MAX_TEXT: Final = 400
MAX_VALUES: Final = 50
MAX_DEPTH: Final = 10_000
MAX_PAGE_SIZE: Final = 100
MAX_NUMBER: Final = 10**12

_VALUE_LENGTH: Final = 300


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Selection(_Frozen):
    """Which values of one facet are wanted, and which are not. The value ``missing`` means "not stated"."""

    values: tuple[str, ...] = ()
    op: Literal["any", "all"] = "any"
    excluded: tuple[str, ...] = ()


class Span(_Frozen):
    """``least`` and ``most`` are both included; None leaves a side open."""

    least: int | None = None
    most: int | None = None


class SearchQuery(_Frozen):
    """One search. ``from_pairs`` and ``pairs`` convert to and from a query string without loss."""

    q: str = ""
    page: int = 1
    size: int = 20
    sort: str = ""
    cursor: str = ""
    expand: bool = True
    words: tuple[str, ...] = ()
    facets: Mapping[str, Selection] = Field(default_factory=dict)
    ranges: Mapping[str, Span] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _freeze(self) -> Self:
        object.__setattr__(self, "facets", MappingProxyType(dict(sorted(self.facets.items()))))
        object.__setattr__(self, "ranges", MappingProxyType(dict(sorted(self.ranges.items()))))
        return self

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """Read a decoded query string; raises ``BadRequest`` naming the parameter at fault."""
        return cls.model_validate(_Reader(pairs).read())

    def pairs(self) -> list[tuple[str, str]]:
        """The shortest query string that means this query, in a fixed order."""
        found: list[tuple[str, str]] = []
        if self.q:
            found.append(("q", self.q))
        for name, selection in self.facets.items():
            found += [(name, value) for value in selection.values]
            found += [(f"{name}.op", "all")] if selection.op == "all" else []
            found += [(f"{name}.not", value) for value in selection.excluded]
        found += [(name, f"{_side(span.least)}..{_side(span.most)}") for name, span in self.ranges.items()]
        found += [("words", word) for word in self.words]
        found += [("expand", "false")] if not self.expand else []
        found += [("sort", self.sort)] if self.sort else []
        found += [("size", str(self.size))] if self.size != 20 else []  # noqa: PLR2004
        found += [("page", str(self.page))] if self.page != 1 else []
        found += [("cursor", self.cursor)] if self.cursor else []
        return found

    def selection(self, facet: str) -> Selection:
        return self.facets.get(facet, Selection())

    def with_selection(self, facet: str, selection: Selection) -> Self:
        facets = {**self.facets, facet: selection}
        kept = {name: chosen for name, chosen in facets.items() if chosen.values or chosen.excluded}
        return self.model_copy(update={"facets": MappingProxyType(kept), "page": 1, "cursor": ""})

    def without_range(self, name: str) -> Self:
        kept = {other: span for other, span in self.ranges.items() if other != name}
        return self.model_copy(update={"ranges": MappingProxyType(kept), "page": 1, "cursor": ""})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.facets or self.ranges)


class _Reader:
    """Collects the pairs of a query string by parameter, and refuses what it does not know."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(_printable(name, "the name of a parameter"), []).append(
                _printable(value, name)
            )

    def read(self) -> dict[str, object]:
        self._refuse_unknown()
        text = self._one("q").strip()
        if len(text) > MAX_TEXT:
            raise BadRequest(f"q has {len(text)} characters; at most {MAX_TEXT} are read", parameter="q")
        page = self._number("page", default=1, least=1, most=MAX_DEPTH)
        size = self._number("size", default=20, least=1, most=MAX_PAGE_SIZE)
        if page * size > MAX_DEPTH:
            raise BadRequest(
                f"page {page} of {size} lies beyond hit {MAX_DEPTH}; narrow the search or follow next_cursor",
                parameter="page",
            )
        return {
            "q": text,
            "page": page,
            "size": size,
            "sort": self._choice("sort", ("", *SORTS)),
            "cursor": self._one("cursor"),
            "expand": self._choice("expand", ("", "true", "false")) != "false",
            "words": tuple(self._many("words")),
            "facets": {name: chosen for name in FACETS if (chosen := self._selection(name))},
            "ranges": {name: span for name in RANGES if (span := self._span(name))},
        }

    def _refuse_unknown(self) -> None:
        known = {"q", "page", "size", "sort", "cursor", "expand", "words", *RANGES}
        known |= {name + suffix for name in FACETS for suffix in ("", ".op", ".not")}
        for name in self._values:
            if name not in known:
                raise BadRequest(
                    f"there is no parameter {name[:60]!r}; there are {', '.join(sorted(known))}",
                    parameter=name[:60],
                )

    def _one(self, name: str) -> str:
        values = self._values.get(name, [""])
        if len(values) > 1:
            raise BadRequest(f"{name} is given {len(values)} times; once is enough", parameter=name)
        return values[0]

    def _many(self, name: str) -> list[str]:
        values = [value.strip() for value in dict.fromkeys(self._values.get(name, [])) if value.strip()]
        if len(values) > MAX_VALUES:
            raise BadRequest(f"{name} has {len(values)} values; at most {MAX_VALUES}", parameter=name)
        for value in values:
            if len(value) > _VALUE_LENGTH:
                raise BadRequest(f"a value of {name} is longer than {_VALUE_LENGTH}", parameter=name)
        return values

    def _number(self, name: str, *, default: int, least: int, most: int) -> int:
        text = self._one(name)
        number = _whole(text, name) if text else default
        if not least <= number <= most:
            raise BadRequest(f"{name} is {number}; it runs from {least} to {most}", parameter=name)
        return number

    def _choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self._one(name)
        if value not in allowed:
            raise BadRequest(
                f"{name} is {value[:60]!r}; it may be {', '.join(filter(None, allowed))}", parameter=name
            )
        return value

    def _selection(self, name: str) -> Selection | None:
        op = self._choice(f"{name}.op", ("", "any", "all"))
        values, excluded = tuple(self._many(name)), tuple(self._many(f"{name}.not"))
        if not values and not excluded:
            return None
        return Selection(values=values, op="all" if op == "all" else "any", excluded=excluded)

    def _span(self, name: str) -> Span | None:
        text = self._one(name)
        if not text:
            return None
        low, dots, high = text.partition("..")
        if not dots:
            raise BadRequest(
                f"{name} is {text[:60]!r}; a range is written min..max, either side may be empty",
                parameter=name,
            )
        least = _whole(low, name) if low else None
        most = _whole(high, name) if high else None
        if least is not None and most is not None and least > most:
            raise BadRequest(f"{name} runs from {least} down to {most}", parameter=name)
        return None if least is most is None else Span(least=least, most=most)


def _printable(value: str, name: str) -> str:
    if any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in value):  # noqa: PLR2004
        raise BadRequest(f"{name[:60]!r} holds a control character", parameter=name[:60])
    if any(0xD800 <= ord(character) < 0xE000 for character in value):  # noqa: PLR2004
        raise BadRequest(f"{name[:60]!r} is no UTF-8", parameter=name[:60])
    return value


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(MAX_NUMBER)):
        raise BadRequest(f"{name} is {text[:60]!r}; a whole number is wanted", parameter=name)
    return int(text)


def _side(number: int | None) -> str:
    return "" if number is None else str(number)
