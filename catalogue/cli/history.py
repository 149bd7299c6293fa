"""``catalogue history``, ``diff``, ``record``, ``revert``: what a record said before, and the way back."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from catalogue.cli.acting import acting_alone
from catalogue.cli.console import AsJson, notes, print_json, print_table
from catalogue.cli.harvesting import bring_up
from catalogue.errors import BadRequest
from catalogue.ingest.facts import read_facts
from catalogue.ledger import Ledger, Restored, Version
from catalogue.publishing.difference import FieldChange, differences
from catalogue.services import Workshop, open_ledger
from catalogue.settings import read_settings

Key = Annotated[str, typer.Argument(help="Key of a dataset, the last part of its address.")]
_WHY = typer.Option(help="The reason; it stays in the history.")


def history(key: Key, as_json: AsJson = False) -> None:
    """Every version of a record: from when until when it was published, and which run brought it."""
    with closing(open_ledger(read_settings())) as ledger:
        published = ledger.published(key)
        versions = ledger.versions(key)
        receptions = ledger.receptions(key)
    if as_json:
        record = {"key": key, "source": published.source, "state": published.state}
        print_json({**record, "versions": versions, "receptions": receptions})
        return
    columns = ("version", "from", "until", "run", "", "SHA-256")
    title = f"{key} of {published.source}, {published.state.value}"
    print_table(title, columns, (_version_row(one) for one in versions))
    received = ((one.number, one.since, one.until, one.run, one.media_type, one.sha256) for one in receptions)
    print_table("As received", ("", "from", "until", "run", "type", "SHA-256"), received)


def diff(
    key: Key,
    earlier: Annotated[
        int | None, typer.Argument(metavar="FROM", help="A version; else the one before.")
    ] = None,
    later: Annotated[int | None, typer.Argument(metavar="TO", help="A version; else the last.")] = None,
    as_json: AsJson = False,
) -> None:
    """What differs between two versions of a record, field by field."""
    with closing(open_ledger(read_settings())) as ledger:
        last = ledger.published(key).version
        newer = last if later is None else later
        older = newer - 1 if earlier is None else earlier
        if earlier is None and older < 1:
            raise BadRequest(f"{key} has no version before {newer}", parameter="from")
        changes = _changes(ledger, key, older, newer)
    if as_json:
        print_json({"key": key, "from": older, "to": newer, "changes": changes})
    elif not changes:
        notes.print(f"versions {older} and {newer} of {key} say the same")
    else:
        rows = ((one.path, one.node, _listed(one.before), _listed(one.after)) for one in changes)
        columns = ("field", "of", f"version {older}", f"version {newer}")
        print_table(f"{key}, versions {older} and {newer}", columns, rows)


def record(
    key: Key,
    version: Annotated[int | None, typer.Option(min=1, help="As `catalogue history` counts them.")] = None,
    received: Annotated[bool, typer.Option("--received", help="The provider's own bytes.")] = False,
) -> None:
    """Print a record byte for byte: as published, in N-Triples, or as its provider gave it."""
    with closing(open_ledger(read_settings())) as ledger:
        if received:
            body = (ledger.received_at(key, version) if version else ledger.received(key)).body
        else:
            number = version or ledger.published(key).version
            body = ledger.version_at(key, number).triples
    _print_bytes(body)


def revert(
    why: Annotated[str, _WHY],
    key: Annotated[str | None, typer.Argument(help="Key of a dataset.")] = None,
    to: Annotated[int | None, typer.Option(min=1, help="The version that the dataset goes back to.")] = None,
    source: Annotated[str | None, typer.Option(help="A source, in place of one dataset.")] = None,
    run: Annotated[
        int | None, typer.Option(min=1, help="The run that the source goes back to the end of.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish an earlier version of a record anew, or a whole source as it was after a run.

    It stays so until the provider sends other bytes. Nothing is deleted: history goes on.
    """
    with closing(Workshop(read_settings())) as workshop:
        ledger = workshop.ledger
        match key, to, source, run:
            case str(), int(), None, None:
                with acting_alone(ledger, ledger.published(key).source):
                    restored = ledger.restore_record(key, to, why=why, read=read_facts)
            case None, None, str(), int():
                with acting_alone(ledger, source):
                    restored = ledger.restore_source(source, run, why=why, read=read_facts)
            case _:
                raise BadRequest("say KEY and --to VERSION, or --source ID and --run NUMBER", parameter="key")
        bring_up(workshop)
    if as_json:
        print_json(restored)
    else:
        notes.print(f"{key or source}: {_told(restored)}")


def _version_row(version: Version) -> tuple[object, ...]:
    restored = f"restored: {version.why}" if version.why else ""
    return version.number, version.since, version.until, version.run, restored, version.sha256


def _changes(ledger: Ledger, key: str, older: int, newer: int) -> tuple[FieldChange, ...]:
    before, after = ledger.version_at(key, older), ledger.version_at(key, newer)
    return differences(before.triples, after.triples, subjects=(before.subject, after.subject))


def _listed(values: tuple[str, ...]) -> str:
    return " | ".join(values)


def _print_bytes(body: bytes) -> None:
    """A terminal gets nothing that would move its cursor: the bytes are a provider's."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
        return
    text = body.decode("utf-8", "replace")
    print(
        "".join(
            each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text
        )
    )


def _told(restored: Restored) -> str:
    if restored == Restored(unchanged=restored.unchanged):
        return "all is as wanted already; nothing was written"
    return (
        f"{restored.changed} changed, {restored.revived} revived, {restored.withdrawn} withdrawn, "
        f"{restored.unchanged} left as they were"
    )
