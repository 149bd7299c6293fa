"""How a run becomes the truth: one short transaction moves what it staged.

Everything is decided inside the database, under the lock of the change log. Records whose published bytes are
as before get no version, no change and no datestamp; new received bytes are kept all the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Exists,
    Select,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from catalogue.errors import Conflict
from catalogue.ledger.changes import ChangeLog
from catalogue.ledger.duplicates import regroup
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.identities import replace_identities
from catalogue.ledger.leases import require_lease
from catalogue.ledger.named import MentionKind, Named
from catalogue.ledger.rows import ChangeKind, Lease
from catalogue.ledger.runs import finish, forget_staged, locked_run
from catalogue.ledger.tables import (
    NUMBER,
    Moment,
    mention,
    received,
    record,
    rejection,
    source,
    staged,
    version,
)
from catalogue.model.run import RecordState, RunCounts, RunState


class Applying(OnDatabase):
    def apply_run(
        self,
        run_id: int,
        *,
        complete: bool,
        now: datetime | None = None,
        lease: Lease | None = None,
        message: str = "",
    ) -> RunCounts:
        """End a run, under way or held, by applying what it staged.

        ``complete``: the source proved that its list is all there is. Only then are records that it did not
        name marked unseen. With ``lease`` the transaction is fenced: it raises ``LeaseLost`` and leaves
        nothing if another process took the work over. Without ``now`` the time is read under the lock.
        """
        with self._database.writing() as connection:
            log = ChangeLog.lock(connection, lambda: now or self._database.now(connection))
            if lease is not None:
                require_lease(connection, lease)
            owner = _source_of(connection, run_id)
            application = _Application(connection, log, run_id, owner, Named(run_id, owner))
            counts = application.apply(complete=complete)
            state = _end_state(counts, complete=complete)
            finish(connection, run_id, state, message, counts, now=log.now)
            self._database.announce(connection)
            return counts


def _source_of(connection: Connection, run_id: int) -> str:
    found = locked_run(connection, run_id)
    if found.state.ended and found.state is not RunState.HELD:
        raise Conflict(f"run {run_id} has already ended: {found.state}")
    removed = select(source.c.removed).where(source.c.id == found.source)
    if connection.execute(removed).scalar_one() is not None:
        raise Conflict(f"run {run_id} belongs to {found.source!r}, a source that was removed")
    return found.source


def _end_state(counts: RunCounts, *, complete: bool) -> RunState:
    if not complete:
        return RunState.INCOMPLETE
    if counts.rejected:
        return RunState.PARTIAL
    return RunState.DONE if counts.changes or counts.unseen else RunState.UNCHANGED


@dataclass(frozen=True, slots=True)
class _Application:
    connection: Connection
    log: ChangeLog
    run: int
    source: str
    named: Named

    def apply(self, *, complete: bool) -> RunCounts:
        accepted = self._count_accepted()
        self._repeat_rejections()
        self._meet_new_records()
        self._keep_received()
        self._keep_versions()
        self._revive()
        self.log.append(ChangeKind.PUT, self._keys_published(), run=self.run)
        self._touch()
        self.log.withdraw(self._ids_withdrawn(), run=self.run)
        # An empty list proves nothing, whatever it says of itself.
        unseen = self._mark_unseen() if complete and self._count(self.named.identifiers()) else 0
        replace_identities(self.connection, self.named)
        regroup(self.log, self.named.published(), run=self.run)
        self.log.close()
        counts = self._counts(accepted, unseen)
        forget_staged(self.connection, self.run)
        return counts

    def _meet_new_records(self) -> None:
        """A record starts out without a published version, hence in quarantine."""
        columns = ["key", "source", "identifier", "state", "first_seen", "last_seen", "missed_runs"]
        columns += ["crosswalk", "aligner", "rejection"]
        now = literal(self.log.now, Moment)
        known = exists().where(record.c.source == self.source, record.c.identifier == staged.c.identifier)
        rows = select(
            staged.c.key,
            literal(self.source),
            staged.c.identifier,
            literal(str(RecordState.QUARANTINED)),
            now,
            now,
            literal(0, NUMBER),
            staged.c.crosswalk,
            staged.c.aligner,
            staged.c.rejection,
        ).where(staged.c.run == self.run, ~known)
        try:
            self.connection.execute(insert(record).from_select(columns, rows))
        except IntegrityError as error:
            raise Conflict(f"run {self.run} stages a new record under a key that is taken") from error

    def _keep_received(self) -> None:
        outdated = self.named.staged(received.c.id).join(received, received.c.record == record.c.id)
        outdated = outdated.where(received.c.until.is_(None), received.c.sha256 != staged.c.received_sha256)
        self.connection.execute(
            update(received).where(received.c.id.in_(outdated)).values(until=self.log.now)
        )
        columns = ["record", "run", "body", "sha256", "media_type", "crosswalk", "since"]
        present = exists().where(received.c.record == record.c.id, received.c.until.is_(None))
        rows = self.named.staged(
            record.c.id,
            literal(self.run, NUMBER),
            staged.c.received,
            staged.c.received_sha256,
            staged.c.media_type,
            staged.c.crosswalk,
            literal(self.log.now, Moment),
        ).where(~present)
        self.connection.execute(insert(received).from_select(columns, rows))

    def _keep_versions(self) -> None:
        """A rejected record has no published bytes: its last good version stays open."""
        outdated = self.named.staged(version.c.id).join(version, version.c.record == record.c.id)
        outdated = outdated.where(version.c.until.is_(None), version.c.sha256 != staged.c.published_sha256)
        self.connection.execute(
            update(version).where(version.c.id.in_(outdated)).values(until=self.log.stamp)
        )
        rows = self.named.staged(
            record.c.id,
            literal(self.run, NUMBER),
            _last_number() + 1,
            staged.c.subject,
            staged.c.published,
            staged.c.published_sha256,
            staged.c.crosswalk,
            staged.c.aligner,
            literal(self.log.stamp, Moment),
        ).where(staged.c.published.is_not(None), ~_is_open())
        self._insert_versions(rows)

    def _revive(self) -> None:
        """A withdrawn record that is seen again, unchanged, gets its last version back."""
        rows = (
            self.named.mentioned(
                MentionKind.SEEN,
                record.c.id,
                literal(self.run, NUMBER),
                version.c.number + 1,
                version.c.subject,
                version.c.body,
                version.c.sha256,
                version.c.crosswalk,
                version.c.aligner,
                literal(self.log.stamp, Moment),
            )
            .join(version, version.c.record == record.c.id)
            .where(record.c.state == str(RecordState.WITHDRAWN), version.c.number == _last_number())
            .where(record.c.rejection == "", ~_is_open())
        )
        self._insert_versions(rows)

    def _insert_versions(self, rows: Select[tuple[Any, ...]]) -> None:
        columns = ["record", "run", "number", "subject", "body", "sha256", "crosswalk", "aligner", "since"]
        self.connection.execute(insert(version).from_select(columns, rows))

    def _keys_published(self) -> Select[tuple[str]]:
        return select(record.c.key).join(version, version.c.record == record.c.id).where(self._is_of_run())

    def _touch(self) -> None:
        """Move the present state of every record that the source named."""
        state = case(
            (_is_open(), str(RecordState.LIVE)),
            (record.c.state == str(RecordState.WITHDRAWN), record.c.state),
            else_=str(RecordState.QUARANTINED),
        )
        seen = {"last_seen": self.log.now, "missing_since": None, "missed_runs": 0, "state": state}
        self.connection.execute(
            update(record)
            .where(self._is_ours(), record.c.identifier.in_(self.named.identifiers()))
            .values(seen)
        )
        made = {name: staged.c[name] for name in ("crosswalk", "aligner", "rejection")}
        is_staged = (staged.c.run == self.run) & (staged.c.identifier == record.c.identifier)
        self.connection.execute(update(record).where(self._is_ours(), is_staged).values(made))
        published = select(version.c.record).where(self._is_of_run())
        self.connection.execute(
            update(record).where(record.c.id.in_(published)).values(datestamp=self.log.stamp)
        )

    def _ids_withdrawn(self) -> Select[tuple[int]]:
        gone = self.named.mentioned(MentionKind.WITHDRAWN, record.c.id)
        return gone.where(record.c.state != str(RecordState.WITHDRAWN))

    def _mark_unseen(self) -> int:
        """Still shown: absence is not deletion. ``last_seen`` tells the records that were named."""
        shown = record.c.state.in_([str(RecordState.LIVE), str(RecordState.UNSEEN)])
        missing = {
            "state": str(RecordState.UNSEEN),
            "missed_runs": record.c.missed_runs + 1,
            "missing_since": func.coalesce(record.c.missing_since, literal(self.log.now, Moment)),
        }
        absent = record.c.identifier.not_in(self.named.identifiers())
        return self.connection.execute(
            update(record).where(self._is_ours(), shown, absent).values(missing)
        ).rowcount

    def _count_accepted(self) -> int:
        """Asked before anything moves: a record that is rejected now may have been good before."""
        return self._count(self.named.accepted())

    def _repeat_rejections(self) -> None:
        """What was rejected before and is as before is rejected again, for the same reason."""
        told = exists().where(rejection.c.run == self.run, rejection.c.identifier == mention.c.identifier)
        rows = self.named.mentioned(
            MentionKind.SEEN, literal(self.run, NUMBER), mention.c.identifier, record.c.rejection
        ).where(record.c.rejection != "", ~told)
        columns = ["run", "identifier", "reason"]
        self.connection.execute(insert(rejection).from_select(columns, rows))

    def _counts(self, accepted: int, unseen: int) -> RunCounts:
        first = func.count().filter(version.c.number == 1)
        written = select(first, func.count()).where(self._is_of_run())
        new, versions = self.connection.execute(written).one()
        rejected = self._count(select(rejection.c.id).where(rejection.c.run == self.run))
        return RunCounts(
            offered=accepted + rejected,
            new=new,
            changed=versions - new,
            unchanged=accepted - versions,
            unseen=unseen,
            rejected=rejected,
            versions=versions,
            changes=self.log.written,
        )

    def _count(self, rows: Select[Any] | CompoundSelect[Any]) -> int:
        return int(self.connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one())

    def _is_ours(self) -> ColumnElement[bool]:
        return record.c.source == self.source

    def _is_of_run(self) -> ColumnElement[bool]:
        return version.c.run == self.run


def _is_open() -> Exists:
    """The record at hand has a present published version."""
    present = version.alias("present")
    return exists().where(present.c.record == record.c.id, present.c.until.is_(None))


def _last_number() -> ColumnElement[int]:
    """Of the versions of the record at hand, 0 for none."""
    other = version.alias("other")
    highest = select(func.max(other.c.number)).where(other.c.record == record.c.id).scalar_subquery()
    return func.coalesce(highest, 0)
