"""What the ledger keeps beside a version's bytes, read from them: for one that is restored."""

from catalogue.ledger import Facts
from catalogue.model.dataset import LONGEST_TITLE, best_text
from catalogue.profile import terms
from catalogue.profile.identifiers import strong_identities
from catalogue.profile.reader import Statements, stated_identifiers


def read_facts(subject: str, triples: bytes) -> Facts:
    """The same as ``Preparation.prepare`` gave when it made the version."""
    said = Statements.of(triples)
    counts = said.first(subject, terms.COUNTS_TOWARDS_TOTALS) != "false"
    return Facts(
        title=best_text(said.texts(subject, f"{terms.DCT}title"))[:LONGEST_TITLE],
        patients=said.number(subject, terms.PATIENTS) if counts else None,
        identities=strong_identities(subject, stated_identifiers(said, subject)),
    )
