"""Whether one concept is a kind of another."""

from dataclasses import dataclass, field

from ontologies.concepts import Axis, ConceptScheme


@dataclass(frozen=True, slots=True)
class Kinship:
    """Remembers what is asked again and again while one set of rows is looked at."""

    scheme: ConceptScheme
    _above: dict[str, frozenset[str]] = field(default_factory=dict)

    def axis(self, code: str) -> Axis | None:
        concept = self.scheme.get(code)
        return concept.axis if concept else None

    def label(self, code: str) -> str:
        return self.scheme.label(code)

    def find(self, value: str, axis: Axis) -> str | None:
        concept = self.scheme.find(value, axis)
        return concept.code if concept else None

    def related(self, one: str, other: str) -> bool:
        return one in self.above(other) or other in self.above(one)

    def above(self, code: str) -> frozenset[str]:
        """The concept itself and all that is broader, the root too, which the scheme leaves out."""
        if code not in self._above:
            found = {code, *self.scheme.broader(code)}
            concepts = (concept for each in found if (concept := self.scheme.get(each)))
            self._above[code] = frozenset(found.union(*(each.parents for each in concepts)))
        return self._above[code]
