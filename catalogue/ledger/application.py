"""What a run changes in the ledger, and what it would change.

Everything is decided inside the database, under the lock of the change log. Records whose published bytes are
as before get no version, no change and no datestamp; new received bytes are kept all the same.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Exists,
    Select,
    case,
    delete,
    exists,
    false,
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
from catalogue.ledger.holding import Stakes, hold_reason
from catalogue.ledger.identities import replace_identities
from catalogue.ledger.named import MentionKind, Named
from catalogue.ledger.rows import SHOWN_STATES, ChangeKind
from catalogue.ledger.runs import forget_staged
from catalogue.ledger.tables import (
    NUMBER,
    Moment,
    alias,
    mention,
    received,
    record,
    rejection,
    staged,
    version,
)
from catalogue.model.run import ListingFacts, RecordState, RunCounts, WithdrawalPolicy

_DELETED: Final = "its provider says that it is deleted"
_RENAMED: Final = "it came under a new identifier, with a DOI or the like that no other record has"
_APPROVED: Final = "it was missing from its provider's list, and a curator confirmed that it is gone"


@dataclass(frozen=True, slots=True)
class Application:
    """The queries and statements of one run on one source, inside one transaction."""

    connection: Connection
    log: ChangeLog
    run: int
    source: str
    named: Named
    listing: ListingFacts
    policy: WithdrawalPolicy
    approved: bool

    def hold_reason(self) -> str:
        absent = self._absent(record.c.id)
        newly = self._absent(record.c.id).where(record.c.missing_since.is_(None))
        shown = select(record.c.id).where(self._is_ours(), record.c.state.in_(SHOWN_STATES))
        stakes = Stakes(
            live=self._count(shown),
            deleted=self._count(self.named.deleted(record.c.id)),
            due=self._count(self._due()),
            newly_missing=self._count(newly),
            absent=self._count(absent),
            named=self._count(self.named.identifiers()) + self._count(self._told_gone()),
        )
        return hold_reason(stakes, self.policy, self.listing)

    def counts_if_approved(self) -> RunCounts:
        accepted = self._count(self.named.accepted())
        good = staged.c.published.is_not(None)
        first = select(staged.c.id).where(staged.c.run == self.run, good, ~self._was_published())
        open_version = (version.c.record == record.c.id) & version.c.until.is_(None)
        other = self.named.staged(staged.c.id).outerjoin(version, open_version)
        differs = version.c.id.is_(None) | (version.c.sha256 != staged.c.published_sha256)
        earlier = version.alias("earlier")
        had_one = exists().where(earlier.c.record == record.c.id)
        changed = self._count(other.where(good, differs, had_one))
        changed += self._count(self._coming_back(record.c.id))
        new = self._count(first)
        absent = self._count(self._absent(record.c.id))
        rejected = self._count(select(rejection.c.id).where(rejection.c.run == self.run))
        return RunCounts(
            offered=accepted + rejected,
            new=new,
            changed=changed,
            unchanged=accepted - new - changed,
            unseen=absent,
            withdrawn=absent + self._count(self.named.deleted(record.c.id)),
            rejected=rejected,
        )

    def apply(self) -> RunCounts:
        accepted = self._count_accepted()
        self._repeat_rejections()
        self._meet_new_records()
        self._keep_received()
        self._keep_versions()
        self._revive()
        self.log.append(ChangeKind.PUT, self._keys_published(), run=self.run)
        self._touch()
        withdrawn = self.log.withdraw(self._ids_deleted(), run=self.run, why=_DELETED)
        withdrawn += self._withdraw_absent()
        unseen = self._mark_unseen()
        replace_identities(self.connection, self.named)
        self._keep_new_names()
        regroup(self.log, self.named.published(), run=self.run)
        self.log.close()
        counts = replace(self._counts(accepted), unseen=unseen, withdrawn=withdrawn)
        forget_staged(self.connection, self.run)
        return counts

    def _meet_new_records(self) -> None:
        """A record starts out without a published version, hence in quarantine."""
        columns = ["key", "source", "identifier", "state", "first_seen", "last_seen", "missed_runs"]
        columns += ["crosswalk", "aligner", "rejection", "title", "patients"]
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
            staged.c.title,
            staged.c.patients,
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
            self._coming_back(
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
            .where(version.c.number == _last_number())
        )
        self._insert_versions(rows)

    def _coming_back(self, *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
        """Withdrawn records that are seen again as they were, save those that a curator took away."""
        seen = self.named.mentioned(MentionKind.SEEN, *columns)
        is_gone = (record.c.state == str(RecordState.WITHDRAWN)) & ~_is_open()
        return seen.where(is_gone, record.c.rejection == "", ~record.c.restored)

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
        seen["withdrawal"] = case((_is_open(), ""), else_=record.c.withdrawal)
        self.connection.execute(
            update(record)
            .where(self._is_ours(), record.c.identifier.in_(self.named.identifiers()))
            .values(seen)
        )
        self._touch_staged()

    def _touch_staged(self) -> None:
        """Keep by which rules the staged records were made, and what is shown of them in lists."""
        made = {name: staged.c[name] for name in ("crosswalk", "aligner", "rejection")}
        is_staged = (staged.c.run == self.run) & (staged.c.identifier == record.c.identifier)
        self.connection.execute(update(record).where(self._is_ours(), is_staged).values(made))
        shown = {"title": staged.c.title, "patients": staged.c.patients, "restored": False}
        is_good = is_staged & staged.c.published.is_not(None)
        self.connection.execute(update(record).where(self._is_ours(), is_good).values(shown))
        published = select(version.c.record).where(self._is_of_run())
        self.connection.execute(
            update(record).where(record.c.id.in_(published)).values(datestamp=self.log.stamp)
        )

    def _keep_new_names(self) -> None:
        """From now on the source's new identifiers mean the records that they were found to be."""
        renamed = (staged.c.run == self.run) & (staged.c.given != "")
        mine = alias.c.source == self.source
        given = select(staged.c.given).where(renamed)
        self.connection.execute(delete(alias).where(mine, alias.c.given.in_(given)))
        rows = select(
            literal(self.source),
            staged.c.given,
            staged.c.identifier,
            literal(_RENAMED),
            literal(self.log.now, Moment),
        ).where(renamed)
        columns = ["source", "given", "identifier", "why", "at"]
        self.connection.execute(insert(alias).from_select(columns, rows))

    def _told_gone(self) -> Select[tuple[str]]:
        """What the list says is gone stands in it, too."""
        gone = mention.c.kind == str(MentionKind.WITHDRAWN)
        return select(mention.c.identifier).where(mention.c.run == self.run, gone)

    def _ids_deleted(self) -> Select[tuple[int]]:
        gone = self.named.mentioned(MentionKind.WITHDRAWN, record.c.id)
        return gone.where(record.c.state != str(RecordState.WITHDRAWN))

    def _absent(self, *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
        """Those that are shown and missing; none where the list proves nothing."""
        absent = self.named.absent(*columns)
        return absent if self.listing.proves_absence else absent.where(false())

    def _due(self) -> Select[tuple[int]]:
        """Those that were missing in enough lists, for long enough, with this one."""
        since = func.coalesce(record.c.missing_since, literal(self.log.now, Moment))
        long_ago = literal(self.log.now - timedelta(days=self.policy.days), Moment)
        return self._absent(record.c.id).where(
            record.c.missed_runs + 1 >= self.policy.runs, since <= long_ago
        )

    def _withdraw_absent(self) -> int:
        if self.approved:
            return self.log.withdraw(self._absent(record.c.id), run=self.run, why=_APPROVED)
        why = f"missing from {self.policy.runs} complete lists or more, over {self.policy.days:g} days"
        return self.log.withdraw(self._due(), run=self.run, why=why)

    def _mark_unseen(self) -> int:
        """Still shown: absence is not deletion. ``last_seen`` tells the records that were named."""
        missing = {
            "state": str(RecordState.UNSEEN),
            "missed_runs": record.c.missed_runs + 1,
            "missing_since": func.coalesce(record.c.missing_since, literal(self.log.now, Moment)),
        }
        absent = self._absent(record.c.id)
        return self.connection.execute(update(record).where(record.c.id.in_(absent)).values(missing)).rowcount

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

    def _counts(self, accepted: int) -> RunCounts:
        first = func.count().filter(version.c.number == 1)
        written = select(first, func.count()).where(self._is_of_run())
        new, versions = self.connection.execute(written).one()
        rejected = self._count(select(rejection.c.id).where(rejection.c.run == self.run))
        return RunCounts(
            offered=accepted + rejected,
            new=new,
            changed=versions - new,
            unchanged=accepted - versions,
            rejected=rejected,
            versions=versions,
            changes=self.log.written,
        )

    def _count(self, rows: Select[Any] | CompoundSelect[Any]) -> int:
        return int(self.connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one())

    def _is_ours(self) -> ColumnElement[bool]:
        return record.c.source == self.source

    def _was_published(self) -> Exists:
        mine = (record.c.source == self.source) & (record.c.identifier == staged.c.identifier)
        return exists().where(mine, version.c.record == record.c.id)

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
