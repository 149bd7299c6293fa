"""What one mapping and one set of mappings say (SSSOM 1.1)."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ontologies.concepts import Axis, Concept, code_of
from ontologies.mappings.curies import contracted, expanded

NO_TERM: Final = "sssom:NoTermFound"
MANUAL: Final = "semapv:ManualMappingCuration"
LITERAL: Final = "rdfs literal"
EXACT: Final = "skos:exactMatch"
BROAD: Final = "skos:broadMatch"

# Other control characters than tab and line ends stand in no file, nor do halves of characters.
_PLAIN: Final = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]*")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _PLAIN.fullmatch(text):
        raise ValueError("a control character stands in the text")
    return text


def _day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("a date is written as 2026-11-24")
    return value


def _thousandths(value: float) -> float:
    """SSSOM writes three digits after the point."""
    return round(value, 3) + 0.0


Text: TypeAlias = Annotated[str, AfterValidator(_plain)]
Texts: TypeAlias = tuple[Annotated[str, Field(min_length=1), AfterValidator(_plain)], ...]
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), AfterValidator(_thousandths)]
Agreement: TypeAlias = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False), AfterValidator(_thousandths)]

EntityType: TypeAlias = Literal[
    "",
    "owl class",
    "owl object property",
    "owl data property",
    "owl annotation property",
    "owl named individual",
    "skos concept",
    "rdfs resource",
    "rdfs class",
    "rdfs literal",
    "rdfs datatype",
    "rdf property",
    "composed entity expression",
]
Predicate: TypeAlias = Literal[
    "skos:exactMatch",
    "skos:broadMatch",
    "skos:narrowMatch",
    "skos:closeMatch",
    "skos:relatedMatch",
    "IAO:0100001",
    "oboInOwl:consider",
    "oboInOwl:hasDbXref",
]
Justification: TypeAlias = Literal[
    "semapv:MappingReview",
    "semapv:ManualMappingCuration",
    "semapv:LogicalReasoning",
    "semapv:LexicalMatching",
    "semapv:CompositeMatching",
    "semapv:UnspecifiedMatching",
    "semapv:SemanticSimilarityThresholdMatching",
    "semapv:LexicalSimilarityThresholdMatching",
    "semapv:MappingChaining",
    "semapv:MappingInversion",
    "semapv:StructuralMatching",
    "semapv:InstanceBasedMatching",
    "semapv:BackgroundKnowledgeBasedMatching",
]


class Mapping(BaseModel):
    """One row of a set; its fields are SSSOM's slots, in SSSOM's order.

    The subject is a provider's own word (``subject_type`` "rdfs literal", ``subject_label``) or a code of
    another system (``subject_id``), its category the axis. ``subject_source`` is the id of the provider whose
    word it is; "" holds for all. A row whose object is ``sssom:NoTermFound`` records that the word means no
    concept on this axis, on purpose; ``predicate_modifier`` "Not" that it does not mean this one.
    Names are compact where everybody knows the prefix. ``extensions`` are other columns, in pairs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_id: Annotated[Text, Field(min_length=1)]
    subject_id: Text = ""
    subject_label: Text = ""
    subject_category: Axis
    predicate_id: Predicate
    predicate_label: Text = ""
    predicate_modifier: Literal["", "Not"] = ""
    object_id: Annotated[Text, Field(min_length=1)]
    object_label: Text = ""
    object_category: Text = ""
    mapping_justification: Justification
    author_id: Texts = ()
    author_label: Texts = ()
    reviewer_id: Texts = ()
    reviewer_label: Texts = ()
    creator_id: Texts = ()
    creator_label: Texts = ()
    license: Text = ""
    subject_type: EntityType = ""
    subject_source: Text = ""
    subject_source_version: Text = ""
    object_type: EntityType = ""
    object_source: Text = ""
    object_source_version: Text = ""
    predicate_type: EntityType = ""
    mapping_provider: Text = ""
    mapping_source: Text = ""
    mapping_cardinality: Literal["", "1:1", "1:n", "n:1", "n:n", "1:0", "0:1", "0:0"] = ""
    cardinality_scope: Texts = ()
    mapping_tool: Text = ""
    mapping_tool_id: Text = ""
    mapping_tool_version: Text = ""
    mapping_date: Day | None = None
    publication_date: Day | None = None
    review_date: Day | None = None
    confidence: Share | None = None
    reviewer_agreement: Agreement | None = None
    curation_rule: Texts = ()
    curation_rule_text: Texts = ()
    subject_match_field: Texts = ()
    object_match_field: Texts = ()
    match_string: Texts = ()
    subject_preprocessing: Texts = ()
    object_preprocessing: Texts = ()
    similarity_score: Share | None = None
    similarity_measure: Text = ""
    see_also: Texts = ()
    issue_tracker_item: Text = ""
    other: Text = ""
    comment: Text = ""
    extensions: tuple[tuple[Text, Text], ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "Mapping":
        literal = self.subject_type == LITERAL
        if literal and (self.subject_id or not self.subject_label.strip()):
            raise ValueError("a subject that is a literal has a label and no id")
        if not literal and not self.subject_id:
            raise ValueError("a subject has an id, or it is a literal (subject_type rdfs literal)")
        if self.object_id == NO_TERM and self.object_label:
            raise ValueError("a row names its object by id and label, or has sssom:NoTermFound and no label")
        if self.object_id == NO_TERM and self.predicate_modifier:
            raise ValueError("sssom:NoTermFound cannot be negated")
        if (self.review_date or self.reviewer_agreement is not None) and not self._reviewed:
            raise ValueError("a review has a reviewer")
        return self

    @property
    def _reviewed(self) -> bool:
        return bool(self.reviewer_id or self.reviewer_label)

    @property
    def word(self) -> str:
        """What the row is about: a provider's word, or a code of another system."""
        return self.subject_label or self.subject_id

    @property
    def concept(self) -> str | None:
        """Give the concept's code, None where there is none on purpose."""
        if self.object_id == NO_TERM:
            return None
        iri = expanded(self.object_id) or self.object_id
        code = code_of(iri)
        return self.object_id if code == iri else code

    @property
    def literal(self) -> bool:
        return self.subject_type == LITERAL

    @property
    def negative(self) -> bool:
        return self.predicate_modifier == "Not"

    @property
    def places(self) -> bool:
        """Whether a value of this word counts as one of the concept.

        It does for the very same thing and for a narrower one; a concept that is narrower than the word, or
        only close or related, says nothing of what the dataset has.
        """
        return self.concept is not None and not self.negative and self.predicate_id in (EXACT, BROAD)


class ExtensionDefinition(BaseModel):
    """A column that is none of SSSOM's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slot_name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    property: Text = ""
    type_hint: Text = ""


class SetSlots(BaseModel):
    """What a set says of itself besides its id, version and licence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mapping_set_source: Texts = ()
    mapping_set_title: Text = ""
    mapping_set_description: Text = ""
    mapping_set_confidence: Share | None = None
    creator_id: Texts = ()
    creator_label: Texts = ()
    publication_date: Day | None = None
    see_also: Texts = ()
    issue_tracker: Text = ""
    other: Text = ""
    comment: Text = ""


@dataclass(frozen=True, slots=True)
class MappingSet:
    """``version`` is the one that the set states, ``licence`` an address; rows are in the order of a set."""

    id: str
    version: str
    licence: str
    mappings: tuple[Mapping, ...]
    about: SetSlots = field(default_factory=SetSlots)
    extensions: tuple[ExtensionDefinition, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "mappings", tuple(sorted(self.mappings, key=sort_key)))


def sort_key(row: Mapping) -> tuple[str, ...]:
    """The order of a set: by axis and word, whatever its case, then by what else the row says."""
    return (
        *(row.subject_category.value, row.word.casefold(), row.word, row.subject_source),
        *(row.object_id, row.predicate_id, row.record_id),
    )


def object_of(concept: Concept) -> str:
    """How a row names this concept as its object."""
    return contracted(concept.iri)
