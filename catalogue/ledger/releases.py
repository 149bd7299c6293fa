"""Which releases of other systems were loaded, and what an instance adds to the project's own vocabulary."""

import logging
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, insert, select, update

from catalogue.errors import BadRequest, Conflict, NotFound
from catalogue.ledger.changes import lock_ledger
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.mappings import (
    Signed,
    accepted,
    each_once,
    known_decisions,
    move_vocabulary,
    refused,
    write_decisions,
)
from catalogue.ledger.tables import counter, release
from catalogue.ledger.vocabulary_rows import Decision, LoadedRelease, MappingState, ReleaseRow
from ontologies.additions import Additions
from ontologies.concepts import Concept
from ontologies.mappings import Mapping
from ontologies.own_scheme import load_scheme

logger = logging.getLogger(__name__)

_COLUMNS: Final = (
    *(release.c.id, release.c.system, release.c.version, release.c.title, release.c.licence),
    *(release.c.sha256, release.c.term_count, release.c.concept_count, release.c.applied, release.c.who),
)


class Releases(OnDatabase):
    def put_release(
        self,
        loaded: LoadedRelease,
        *,
        proposals: Iterable[Mapping] = (),
        who: str,
        as_of: int | None = None,
    ) -> ReleaseRow:
        """Put a release in the place of the system's earlier one; the same once more changes nothing.

        ``proposals`` are rows for curators: one that they decided already stays decided. ``as_of`` is the
        number of the vocabulary that the concepts were made for. Raises ``BadRequest`` where the concepts do
        not fit the scheme with the other releases in it, ``Conflict`` where the vocabulary has moved on.
        """
        body = Additions(concepts=loaded.concepts).written()
        wanted = each_once(Decision(one, MappingState.PROPOSED) for one in proposals)
        with self._database.writing() as connection:
            lock_ledger(connection)
            known = connection.execute(_present_of(loaded.system)).one_or_none()
            if known is not None and _is_same(connection, known, loaded, body):
                return _row(known)
            _require_number(connection, as_of)
            _require_fitting((*_concepts(connection, but_of=loaded.system), *loaded.concepts))
            signed = Signed(
                who, f"{loaded.system} {loaded.version} was loaded", self._database.now(connection)
            )
            _end(connection, loaded.system, signed)
            _insert(connection, loaded, body, signed)
            _propose(connection, wanted, signed)
            move_vocabulary(connection)
            self._database.announce(connection)
            return _row(connection.execute(_present_of(loaded.system)).one())

    def take_out(self, system: str, *, remnant: LoadedRelease | None = None, who: str, as_of: int) -> None:
        """Put a system's release out of force; it stays in the table. ``remnant`` holds concepts that stay.

        Raises ``NotFound`` where none is in force, ``BadRequest`` where the other releases would no longer
        fit the scheme, ``Conflict`` where the vocabulary is no longer that of ``as_of``.
        """
        body = Additions(concepts=remnant.concepts).written() if remnant else b""
        with self._database.writing() as connection:
            lock_ledger(connection)
            known = connection.execute(_present_of(system)).one_or_none()
            if known is None:
                raise NotFound(f"no release of {system!r} is loaded")
            _require_number(connection, as_of)
            if remnant and _is_same(connection, known, remnant, body):
                return
            _require_rest_fitting(connection, system, remnant.concepts if remnant else ())
            signed = Signed(who, f"{system} {known.version} was taken out", self._database.now(connection))
            _end(connection, system, signed)
            if remnant:
                _insert(connection, remnant, body, signed)
            move_vocabulary(connection)
            self._database.announce(connection)

    def releases(self) -> tuple[ReleaseRow, ...]:
        """Those in force, by system."""
        with self._database.reading() as connection:
            rows = connection.execute(_present().order_by(release.c.system))
            return tuple(_row(row) for row in rows)

    def release_terms(self, system: str) -> bytes | None:
        """The terms of the system's release in force, as they were put; None where there is none."""
        wanted = select(release.c.terms).where(release.c.system == system, release.c.replaced.is_(None))
        with self._database.reading() as connection:
            body: bytes | None = connection.execute(wanted).scalar_one_or_none()
        return None if body is None else zlib.decompress(body)

    def vocabulary_number(self) -> int:
        """Moves with every act after which values may mean something else."""
        with self._database.reading() as connection:
            return int(connection.execute(select(counter.c.vocabulary)).scalar_one())

    def additions(self, *, but_of: str = "") -> Additions:
        """What the instance adds at present; without one system's release, to see what a newer one would."""
        with self._database.reading() as connection:
            return Additions(
                concepts=_concepts(connection, but_of=but_of),
                mappings=accepted(connection),
                refused=refused(connection),
            )


def _present() -> Select[Any]:
    return select(*_COLUMNS).where(release.c.replaced.is_(None))


def _present_of(system: str) -> Select[Any]:
    return _present().where(release.c.system == system)


def _is_same(connection: Connection, known: Row[Any], loaded: LoadedRelease, body: bytes) -> bool:
    said = (known.version, known.title, known.licence, known.sha256)
    if said != (loaded.version, loaded.title, loaded.licence, loaded.sha256):
        return False
    kept = connection.execute(select(release.c.additions).where(release.c.id == known.id)).scalar_one()
    return bool(zlib.decompress(kept) == body)


def _concepts(connection: Connection, *, but_of: str) -> tuple[Concept, ...]:
    wanted = select(release.c.additions).where(release.c.replaced.is_(None), release.c.system != but_of)
    bodies = connection.execute(wanted.order_by(release.c.id)).scalars()
    return tuple(one for body in bodies for one in _readable(body))


def _readable(body: bytes) -> tuple[Concept, ...]:
    """None of those that a later version of this software cannot read: one release must not stop all."""
    try:
        return Additions.read(zlib.decompress(body)).concepts
    except (ValueError, zlib.error) as error:
        logger.error("a loaded release cannot be read and does not act: %s", error)  # noqa: TRY400
        return ()


def _require_fitting(concepts: tuple[Concept, ...]) -> None:
    """Every process makes its scheme of these: one that cannot be made would stop them all."""
    try:
        load_scheme(Additions(concepts=concepts))
    except ValueError as error:
        raise BadRequest(f"the release does not fit the scheme: {error}", parameter="file") from error


def _require_rest_fitting(connection: Connection, system: str, retained: tuple[Concept, ...]) -> None:
    """Of releases that do not fit anyway, after an update of the software, any may be taken out."""
    try:
        load_scheme(Additions(concepts=_concepts(connection, but_of="")))
    except ValueError:
        return
    _require_fitting((*_concepts(connection, but_of=system), *retained))


def _require_number(connection: Connection, as_of: int | None) -> None:
    if as_of is not None and as_of != connection.execute(select(counter.c.vocabulary)).scalar_one():
        raise Conflict("releases or mappings changed meanwhile; look once more at what would change")


def _end(connection: Connection, system: str, signed: Signed) -> None:
    in_force = (release.c.system == system) & release.c.replaced.is_(None)
    connection.execute(update(release).where(in_force).values(replaced=signed.at))


def _insert(connection: Connection, loaded: LoadedRelease, body: bytes, signed: Signed) -> None:
    connection.execute(
        insert(release).values(
            system=loaded.system,
            version=loaded.version,
            title=loaded.title,
            licence=loaded.licence,
            sha256=loaded.sha256,
            term_count=loaded.term_count,
            concept_count=len(loaded.concepts),
            terms=zlib.compress(loaded.terms),
            additions=zlib.compress(body),
            applied=signed.at,
            who=signed.who,
        )
    )


def _propose(connection: Connection, proposals: Sequence[Decision], signed: Signed) -> None:
    known = known_decisions(connection, [one.mapping.record_id for one in proposals])
    decided = {record_id for record_id, one in known.items() if one.state is not MappingState.PROPOSED}
    undecided = [one for one in proposals if one.mapping.record_id not in decided]
    write_decisions(connection, undecided, signed)


def _row(row: Row[Any]) -> ReleaseRow:
    return ReleaseRow(
        id=row.id,
        system=row.system,
        version=row.version,
        title=row.title,
        licence=row.licence,
        sha256=row.sha256,
        terms=row.term_count,
        concepts=row.concept_count,
        applied=row.applied,
        who=row.who,
    )
