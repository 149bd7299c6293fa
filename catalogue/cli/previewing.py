"""``catalogue source preview``: what a harvest would bring, without any trace of it."""

from contextlib import closing
from typing import Annotated

import typer

from catalogue.cli.console import AsJson, notes, print_json, print_table
from catalogue.cli.pairs import Option, pairs
from catalogue.errors import BadRequest
from catalogue.ingest.policies import withdrawal_policy
from catalogue.ingest.preview import Preview, preview
from catalogue.ingest.rehearsal import PreviewedRecord
from catalogue.services import Workshop
from catalogue.settings import read_settings
from harvesters.addresses import check_url
from harvesters.source import SourceConfig
from harvesters.sources import KINDS

_SHOWN = 20
# No source can be registered under this name: it stands for a node that is not known yet.
_UNKNOWN = "?"


def preview_source(
    what: Annotated[str, typer.Argument(metavar="ID|URL", help="A registered source, or a node's address.")],
    kind: Annotated[str, typer.Option(help=f"Protocol of an address: {', '.join(KINDS)}.")] = "dcat",
    option: Option = None,
    as_json: AsJson = False,
) -> None:
    """Show what would come in, what is wrong with it and how it differs from what is live."""
    workshop = Workshop(read_settings())
    with closing(workshop), closing(workshop.desk(remembers=False)) as desk:
        config = _config(workshop, what, kind, pairs(option))
        policy = withdrawal_policy(config)
        found = preview(config, desk.source(config), workshop.ledger, desk.preparing, policy)
    if as_json:
        print_json(found)
    else:
        _print(found)


def _config(workshop: Workshop, what: str, kind: str, options: dict[str, str]) -> SourceConfig:
    if "://" not in what:
        return workshop.ledger.source(what).config
    for row in workshop.ledger.sources():
        if row.config.url == what:
            return row.config
    if kind not in KINDS:
        raise BadRequest(f"there is no kind {kind!r}; there are {', '.join(KINDS)}", parameter="kind")
    check_url(what, workshop.settings.allowed_private_hosts)
    return SourceConfig(_UNKNOWN, kind, what, options=options)


def _print(found: Preview) -> None:
    listing = found.listing
    proof = "proven whole" if listing.complete else f"incomplete: {listing.incomplete_because}"
    notes.print(f"{listing.pages} pages, {proof}")
    if not found.proves_absence:
        notes.print("The list is no proof of absence: what it does not name would stay as it is.")
    rows = [
        ("new", len(found.new)),
        ("changed", len(found.changed)),
        ("unchanged", found.unchanged),
        ("of all these under a new identifier", len(found.renamed)),
        ("deleted by the provider", len(found.deleted)),
        ("missing from the list", len(found.missing)),
        ("of these withdrawn at once", len(found.due)),
        ("rejected", len(found.rejected)),
    ]
    print_table("What a harvest would bring", ("", "records"), rows)
    if found.held_because:
        notes.print(f"It would be held for a curator: {found.held_because}")
    _print_records("New", found.new)
    _print_changes(found)
    _print_new_names(found)
    _print_lists(found)


def _print_records(title: str, records: tuple[PreviewedRecord, ...]) -> None:
    if records:
        rows = ((one.title, one.patients, one.identifier) for one in records[:_SHOWN])
        print_table(_headline(title, len(records)), ("title", "patients", "identifier"), rows)


def _print_changes(found: Preview) -> None:
    rows = [
        (record.title, change.path, "; ".join(change.before) or None, "; ".join(change.after) or None)
        for record in found.changed[:_SHOWN]
        for change in record.changes
    ]
    if rows:
        print_table(_headline("Changed", len(found.changed)), ("title", "property", "live", "offered"), rows)


def _print_new_names(found: Preview) -> None:
    if found.renamed:
        rows = ((one.identifier, one.given) for one in found.renamed[:_SHOWN])
        title = _headline("Under a new identifier", len(found.renamed))
        print_table(title, ("known as", "offered as"), rows)


def _print_lists(found: Preview) -> None:
    for title, identifiers in (("Deleted", found.deleted), ("Missing", found.missing)):
        if identifiers:
            print_table(
                _headline(title, len(identifiers)), ("identifier",), ((one,) for one in identifiers[:_SHOWN])
            )
    if found.rejected:
        rejected = ((one.identifier, one.reason) for one in found.rejected[:_SHOWN])
        print_table(_headline("Rejected", len(found.rejected)), ("record", "reason"), rejected)
    if found.unmapped:
        words = ((one.axis, one.raw, one.datasets) for one in found.unmapped[:_SHOWN])
        print_table(
            _headline("Values that mean nothing yet", len(found.unmapped)),
            ("axis", "value", "datasets"),
            words,
        )
    if found.findings:
        rows = ((one.severity.value, one.path, one.value, one.message) for _, one in found.findings[:_SHOWN])
        print_table(_headline("Findings", len(found.findings)), ("", "path", "value", ""), rows)


def _headline(title: str, count: int) -> str:
    return f"{title}: {count}" + (f", the first {_SHOWN}" if count > _SHOWN else "")
