"""What a facet's values are called, which code a visitor's word for one means, and what is broader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from catalogue.errors import BadRequest
from catalogue.profile.licences import licence_code, licence_label
from ontologies.concepts import Axis, ConceptScheme

FACET_LABELS: Final[Mapping[str, str]] = {
    "cancer": "Cancer type",
    "topography": "Tumour site",
    "bodypart": "Body part imaged",
    "modality": "Modality",
    "manufacturer": "Manufacturer",
    "sex": "Sex",
    "country": "Country",
    "provider": "Provider",
    "tier": "Interoperability tier",
    "access": "Access",
    "condition": "Access condition",
    "use": "Permitted use",
    "type": "Dataset type",
    "method": "Collection method",
    "linked": "Linked data",
    "screening": "Screening",
    "licence": "Licence",
}
AXIS_LABELS: Final[Mapping[str, str]] = {
    **FACET_LABELS,
    "subject": "Subjects",
    "morphology": "Tumour morphology",
    "staging": "Staging system",
}
RANGE_LABELS: Final[Mapping[str, str]] = {
    "patients": "Patients",
    "studies": "Imaging studies",
    "age": "Age",
    "year": "Year of imaging",
}
ACCESS_LABELS: Final[Mapping[str, str]] = {
    "PUBLIC": "Public",
    "RESTRICTED": "Restricted",
    "NON_PUBLIC": "Not public",
}
NOT_STATED: Final = "Not stated"

# No blank, no character that an IRI may not hold: the shape of an IRI, a compact form or a code.
_WELL_FORMED: Final = re.compile(r'[^\s<>"{}|\\^`]+')
_ACCESS_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/access-right/"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``providers`` are titles by source id; the concept facets are read from the scheme."""

    scheme: ConceptScheme
    providers: Mapping[str, str] = field(default_factory=dict)

    def code(self, facet: str, value: str) -> str | None:
        """Find the code that the index holds, None where nothing has this name.

        Raises ``BadRequest`` for what is neither an IRI nor a compact form nor a code.
        """
        if not _WELL_FORMED.fullmatch(value):
            raise BadRequest(
                f"{value[:60]!r} is no value of {facet}: give a concept's IRI, its compact form or its code",
                parameter=facet,
            )
        match facet:
            case "provider":
                return value if value in self.providers else None
            case "access":
                bare = value.removeprefix(_ACCESS_AUTHORITY)
                return bare if bare in ACCESS_LABELS else None
            case "licence":
                return licence_code(value)
            case _:
                concept = self.scheme.find(value, Axis(facet))
                return concept.code if concept else None

    def label(self, facet: str, code: str) -> str:
        match facet:
            case "provider":
                return self.providers.get(code) or code
            case "access":
                return ACCESS_LABELS.get(code, code)
            case "licence":
                return licence_label(code)
            case _:
                return self.scheme.label(code)

    def is_shown(self, code: str) -> bool:
        """Tell groupings that nobody browses by from values; what is no concept is always shown."""
        concept = self.scheme.get(code)
        return concept is None or concept.shown

    def parents(self, code: str) -> tuple[str, ...]:
        concept = self.scheme.get(code)
        return concept.parents if concept else ()

    def is_histology(self, code: str) -> bool:
        return self.scheme.is_histology(code)

    def breadth(self, code: str) -> int:
        return len(self.scheme.narrower(code))

    def is_within(self, code: str, broader: str) -> bool:
        """Whether a concept is the broader one itself or narrower than it."""
        return code == broader or broader in self.scheme.broader(code)
