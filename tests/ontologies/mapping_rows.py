"""Rows of mappings to write tests with."""

from datetime import date

from ontologies.concepts import Axis
from ontologies.mappings import LITERAL, MANUAL, ExtensionDefinition, Mapping, MappingSet, SetSlots

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
LUNG = "eucaim:CLIN1000065"


def row(word: str = "Lung Ca", number: int = 1, axis: Axis = Axis.CANCER, **slots: object) -> Mapping:
    said: dict[str, object] = {
        "record_id": f"urn:test:{number}",
        "subject_label": word,
        "subject_type": LITERAL,
        "subject_category": axis,
        "predicate_id": "skos:exactMatch",
        "object_id": LUNG,
        "object_label": "Lung cancer",
        "mapping_justification": MANUAL,
    }
    return Mapping.model_validate({**said, **slots})


def set_of(*rows: Mapping, **slots: object) -> MappingSet:
    return MappingSet("urn:test:set", "7", CC0, rows, SetSlots.model_validate(slots))


def full_row() -> Mapping:
    """One with a value in every slot that our sets and exports use."""
    return row(
        "Lung | ca\\",
        subject_source="tcga",
        subject_source_version="2026",
        object_category="cancer",
        object_type="skos concept",
        object_source="eucaim:EUCAIM",
        object_source_version="2.0",
        predicate_label="exact match",
        predicate_type="owl annotation property",
        author_id=("orcid:0000-0001-0002-0003",),
        author_label=("Ana | Pérez", "Bo"),
        reviewer_id=("orcid:0000-0001-0002-0004",),
        reviewer_label=("Cy",),
        creator_id=("orcid:0000-0001-0002-0005",),
        creator_label=("Di",),
        license=CC0,
        mapping_provider="https://catalogue.example/",
        mapping_cardinality="n:1",
        mapping_tool="suggestions",
        mapping_tool_id="cimg-m:tool",
        mapping_tool_version="1",
        mapping_date=date(2026, 11, 1),
        publication_date=date(2026, 11, 2),
        review_date=date(2026, 11, 3),
        confidence=0.875,
        reviewer_agreement=-0.5,
        curation_rule=("cimg-m:rule",),
        curation_rule_text=("as the provider says",),
        subject_match_field=("rdfs:label",),
        object_match_field=("skos:prefLabel", "skos:altLabel"),
        match_string=("lung ca",),
        similarity_score=0.9,
        similarity_measure="trigrams",
        see_also=("https://catalogue.example/a", "https://catalogue.example/b"),
        issue_tracker_item="cimg-m:issue",
        other="more",
        comment='said "so",\tand on\na second line',
        extensions=(("ext_weight", "12"),),
    )


def full_set() -> MappingSet:
    about = SetSlots(
        mapping_set_source=("https://catalogue.example/source",),
        mapping_set_title='Everything: at "once" # it\'s',
        mapping_set_description="1.0",
        mapping_set_confidence=0.5,
        creator_id=("orcid:0000-0001-0002-0003",),
        creator_label=("Ana", "null"),
        publication_date=date(2026, 11, 24),
        see_also=("https://catalogue.example/a",),
        issue_tracker="https://catalogue.example/issues",
        other="- no list",
        comment="[no list]\u2028either",
    )
    defined = (
        ExtensionDefinition(slot_name="ext_weight", property="urn:test:weight", type_hint="xsd:integer"),
    )
    none = row("Various", 2, object_id="sssom:NoTermFound", object_label="")
    denied = row("Lung", 3, predicate_modifier="Not")
    return MappingSet("urn:test:set", "7", CC0, (full_row(), none, denied), about, defined)
