"""What changes in the ledger where received bytes were made anew: what is published, and nothing else.

The source was asked for nothing: when its records were last seen, and which are missing, stays as it was.
"""

from sqlalchemy import delete, exists, select, update

from catalogue.ledger.application import Application
from catalogue.ledger.duplicates import regroup
from catalogue.ledger.identities import replace_identities
from catalogue.ledger.kept import is_kept
from catalogue.ledger.rows import ChangeKind
from catalogue.ledger.runs import forget_staged
from catalogue.ledger.tables import received, record, rejection, staged, version
from catalogue.model.run import RecordState, RunCounts


class Reapplication(Application):
    def apply(self) -> RunCounts:
        self._forget_overtaken()
        accepted = self._count_accepted()
        self._keep_versions()
        self.log.append(ChangeKind.PUT, self._keys_published(), run=self.run)
        self._touch_staged()
        self._let_in()
        replace_identities(self.connection, self.named)
        regroup(self.log, self.named.published(), run=self.run)
        self.log.close()
        counts = self._counts(accepted)
        forget_staged(self.connection, self.run)
        return counts

    def _forget_overtaken(self) -> None:
        """Records that meanwhile came with other bytes, went, or were restored by a curator stay so."""
        still = exists().where(
            is_kept(self.source),
            record.c.identifier == staged.c.identifier,
            received.c.record == record.c.id,
            received.c.until.is_(None),
            received.c.sha256 == staged.c.received_sha256,
        )
        gone = select(staged.c.identifier).where(staged.c.run == self.run, ~still)
        names = list(self.connection.execute(gone).scalars())
        for told in (rejection, staged):
            mine = (told.c.run == self.run) & told.c.identifier.in_(names)
            self.connection.execute(delete(told).where(mine))

    def _let_in(self) -> None:
        """A record that was in quarantine and got its first version is shown from now on."""
        got_one = select(version.c.record).where(self._is_of_run())
        is_new = (record.c.state == str(RecordState.QUARANTINED)) & record.c.id.in_(got_one)
        self.connection.execute(update(record).where(is_new).values(state=str(RecordState.LIVE)))
