"""A site whose curators decided something of their own."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient

from catalogue.ledger import Decision, MappingState
from catalogue.web.app import create_app
from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import Mapping
from tests.small_catalogue import fill, small_catalogue

ACCEPTED, PROPOSED, REJECTED = MappingState.ACCEPTED, MappingState.PROPOSED, MappingState.REJECTED
LUNG: Final = "eucaim:CLIN1000065"


def row(record_id: str, word: str, **more: object) -> Mapping:
    """A word that means lung cancer, unless told otherwise."""
    usual = {
        "record_id": record_id,
        "subject_label": word,
        "subject_type": "rdfs literal",
        "subject_category": Axis.CANCER,
        "predicate_id": "skos:exactMatch",
        "object_id": LUNG,
        "object_label": "Lung cancer",
        "mapping_justification": "semapv:ManualMappingCuration",
    }
    return Mapping.model_validate({**usual, **more})


def curated_site(
    folder: Path, scheme: ConceptScheme, decisions: Iterable[tuple[Mapping, MappingState]]
) -> FlaskClient:
    fill(folder, scheme)
    found = small_catalogue(folder, scheme)
    found.harvests.decide(
        [Decision(mapping, state) for mapping, state in decisions], who="ana", why="seen in a report"
    )
    return create_app(found).test_client()
