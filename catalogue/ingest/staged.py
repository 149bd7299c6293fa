"""What a run keeps aside of a record that was made, or that could not be."""

from dataclasses import replace

from catalogue.ingest.canonical import sha256
from catalogue.ingest.preparing import Made, Wanted
from catalogue.ingest.record import Preparation
from catalogue.ledger import StagedRecord
from harvesters.errors import RecordRejected


def as_staged(wanted: Wanted, made: Made, rules: Preparation) -> StagedRecord:
    """What is published of it, or the reason why nothing is: the bytes are kept either way."""
    staged = StagedRecord(
        identifier=wanted.record.identifier,
        key=wanted.key,
        subject="",
        received=wanted.record.received,
        received_sha256=sha256(wanted.record.received),
        media_type=wanted.record.media_type,
        crosswalk=rules.crosswalk(wanted.record, wanted.traits),
        aligner=rules.aligner,
        published=None,
        published_sha256=None,
    )
    if isinstance(made, RecordRejected):
        return replace(staged, rejection=str(made))
    return replace(
        staged,
        subject=made.subject,
        published=made.triples,
        published_sha256=made.sha256,
        identities=made.identities,
        findings=made.findings,
        title=made.title,
        patients=made.patients,
    )
