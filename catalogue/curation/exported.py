"""Mappings as one SSSOM file, and the states that such a file tells of its rows."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from catalogue.errors import BadRequest
from catalogue.ledger import Decision, MappingState
from catalogue.publishing.mappings import KnownMapping
from ontologies.mappings import ExtensionDefinition, Mapping, MappingSet, read_mappings, write_mappings

_SET: Final = "urn:catalogue:mappings"
_LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
# SSSOM has no slot for what a curator decided of a row.
_STATE: Final = "curation_state"
_STATE_PROPERTY: Final = "urn:catalogue:terms#curationState"


def exported(rows: Iterable[KnownMapping], *, states: bool = False) -> str:
    """The same bytes for the same rows; with ``states`` each row says its own."""
    written = tuple(_with_state(one) if states else one.mapping for one in rows)
    defined = (ExtensionDefinition(slot_name=_STATE, property=_STATE_PROPERTY),) if states else ()
    bare = MappingSet(_SET, "", _LICENCE, written, extensions=defined)
    version = hashlib.sha256(write_mappings(bare).encode()).hexdigest()[:12]
    return write_mappings(MappingSet(_SET, version, _LICENCE, written, extensions=defined))


def read_decisions(text: str, *, name: str, state: MappingState) -> Iterator[Decision]:
    """What a file asks for: each row in the state it tells, or in ``state``; raises ``BadRequest``.

    A row of a set under another licence than ours keeps that with it.
    """
    try:
        found = read_mappings(text, name=name)
    except ValueError as error:
        raise BadRequest(str(error), parameter="file") from error
    for row in found.mappings:
        licence = row.license or ("" if found.licence == _LICENCE else found.licence)
        yield _decision(row.model_copy(update={"license": licence}), state, name)


def _decision(row: Mapping, state: MappingState, name: str) -> Decision:
    told = dict(row.extensions).get(_STATE)
    if told is None:
        return Decision(row, state)
    if told not in tuple(MappingState):
        raise BadRequest(f"{name}: {row.record_id}: there is no state {told!r}", parameter="file")
    others = tuple(pair for pair in row.extensions if pair[0] != _STATE)
    return Decision(row.model_copy(update={"extensions": others}), MappingState(told))


def _with_state(one: KnownMapping) -> Mapping:
    others = (pair for pair in one.mapping.extensions if pair[0] != _STATE)
    pairs = tuple(sorted((*others, (_STATE, str(one.state)))))
    return one.mapping.model_copy(update={"extensions": pairs})
