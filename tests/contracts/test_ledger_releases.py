"""What the ledger promises of loaded releases: one of each system is in force, and it fits the scheme."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from catalogue.errors import BadRequest, Conflict, NotFound
from catalogue.ledger import Decision, Ledger, LoadedRelease, MappingState
from catalogue.ledger.tables import release
from ontologies.concepts import Axis, Concept
from tests.contracts.ledger_builders import SetClock
from tests.contracts.test_ledger_mappings import row


def concept(code: str, *parents: str) -> Concept:
    return Concept(
        code=code,
        iri=f"urn:test:{code}",
        axis=Axis.CANCER,
        label=f"Cancer {code}",
        parents=parents or ("CLIN1007977",),
        release="DOID 1",
    )


def loaded(*concepts: Concept, system: str = "DOID", version: str = "1") -> LoadedRelease:
    terms = f"{system} {version}".encode()
    return LoadedRelease(system, version, f"{system} title", "CC0", "0" * 64, terms, 3, concepts)


def test_a_release_in_force_is_told_with_what_it_brings(ledger: Ledger, clock: SetClock) -> None:
    made = ledger.put_release(loaded(concept("DOID_1")), who="ana")
    assert ledger.releases() == (made,)
    assert (made.system, made.version, made.terms, made.concepts) == ("DOID", "1", 3, 1)
    assert (made.who, made.applied) == ("ana", clock.time)
    assert ledger.release_terms("DOID") == b"DOID 1"
    assert ledger.additions().concepts == (concept("DOID_1"),)


def test_a_later_release_takes_the_place_of_the_system_s_earlier_one(ledger: Ledger) -> None:
    ledger.put_release(loaded(concept("DOID_1")), who="ana")
    ledger.put_release(loaded(concept("MONDO_1"), system="MONDO"), who="ana")
    ledger.put_release(loaded(concept("DOID_2"), version="2"), who="ana")
    assert [(one.system, one.version) for one in ledger.releases()] == [("DOID", "2"), ("MONDO", "1")]
    assert {one.code for one in ledger.additions().concepts} == {"DOID_2", "MONDO_1"}
    assert ledger.release_terms("DOID") == b"DOID 2"


def test_the_additions_without_a_system_are_those_of_the_others(ledger: Ledger) -> None:
    ledger.put_release(loaded(concept("DOID_1")), who="ana")
    ledger.put_release(loaded(concept("MONDO_1"), system="MONDO"), who="ana")
    assert [one.code for one in ledger.additions(but_of="DOID").concepts] == ["MONDO_1"]


def test_there_are_no_terms_of_a_system_that_was_not_loaded(ledger: Ledger) -> None:
    assert ledger.release_terms("DOID") is None
    assert not ledger.additions()


def test_the_same_release_once_more_changes_nothing(ledger: Ledger) -> None:
    made = ledger.put_release(loaded(concept("DOID_1")), who="ana")
    number = ledger.vocabulary_number()
    assert ledger.put_release(loaded(concept("DOID_1")), who="ben") == made
    assert ledger.vocabulary_number() == number


def test_the_same_file_that_brings_other_concepts_is_another_release(ledger: Ledger) -> None:
    ledger.put_release(loaded(concept("DOID_1")), who="ana")
    number = ledger.vocabulary_number()
    ledger.put_release(loaded(concept("DOID_1"), concept("DOID_2")), who="ana")
    assert ledger.vocabulary_number() > number
    assert len(ledger.releases()) == 1


@pytest.mark.parametrize("parents", [("nowhere",), ("DOID_1",)], ids=["unknown parent", "cycle"])
def test_a_release_that_does_not_fit_the_scheme_changes_nothing(
    ledger: Ledger, parents: tuple[str, ...]
) -> None:
    ledger.put_release(loaded(), who="ana")
    number = ledger.vocabulary_number()
    with pytest.raises(BadRequest, match="does not fit the scheme"):
        ledger.put_release(loaded(concept("DOID_1", *parents), version="2"), who="ana")
    assert [one.version for one in ledger.releases()] == ["1"]
    assert ledger.vocabulary_number() == number


def test_two_releases_that_make_a_cycle_together_are_refused(ledger: Ledger) -> None:
    ledger.put_release(loaded(concept("X_1")), who="ana")
    with pytest.raises(BadRequest, match="cycle"):
        ledger.put_release(loaded(concept("X_2", "X_1"), concept("X_1", "X_2"), system="MONDO"), who="ana")


def test_what_a_release_proposes_waits_for_curators(ledger: Ledger) -> None:
    ledger.put_release(loaded(), proposals=[row("x:1")], who="ana")
    found = ledger.mapping_row("x:1")
    assert (found.state, found.why) == (MappingState.PROPOSED, "DOID 1 was loaded")
    assert not ledger.additions()


def test_a_proposal_undoes_no_decision(ledger: Ledger) -> None:
    ledger.decide([Decision(row("x:1"), MappingState.ACCEPTED)], who="ben")
    ledger.put_release(loaded(), proposals=[row("x:1", comment="again")], who="ana")
    assert ledger.mapping_row("x:1").state is MappingState.ACCEPTED
    assert ledger.mapping_row("x:1").mapping.comment == ""


def test_names_that_an_own_concept_gets_are_kept(ledger: Ledger) -> None:
    more = replace(concept("CLIN1000060"), synonyms=("Kidney thing",), notations=("DOID:1",), parents=())
    ledger.put_release(loaded(more), who="ana")
    assert ledger.additions().concepts == (more,)


def test_a_release_taken_out_adds_nothing_more_and_stays_in_the_history(
    ledger: Ledger, clock: SetClock
) -> None:
    ledger.put_release(loaded(concept("MONDO_1"), system="MONDO"), who="ana")
    before = ledger.additions()
    ledger.put_release(loaded(concept("DOID_1")), who="ana")
    number = ledger.vocabulary_number()
    moment = clock.move(60)
    ledger.take_out("DOID", who="ben", as_of=number)
    assert (ledger.additions(), ledger.additions().version) == (before, before.version)
    assert [one.system for one in ledger.releases()] == ["MONDO"]
    assert ledger.release_terms("DOID") is None
    assert ledger.vocabulary_number() > number
    assert replaced(ledger) == [None, moment]


def test_what_stays_of_a_release_takes_its_place(ledger: Ledger) -> None:
    ledger.put_release(loaded(concept("DOID_1"), concept("DOID_2")), who="ana")
    remnant = replace(loaded(concept("DOID_1")), term_count=0)
    ledger.take_out("DOID", remnant=remnant, who="ben", as_of=ledger.vocabulary_number())
    (row,) = ledger.releases()
    assert (row.is_remnant, row.concepts, row.who) == (True, 1, "ben")
    assert ledger.additions().concepts == (concept("DOID_1"),)


def test_a_vocabulary_that_moved_on_stops_what_was_decided_before(ledger: Ledger) -> None:
    ledger.put_release(loaded(concept("DOID_1")), who="ana")
    number = ledger.vocabulary_number()
    ledger.decide([Decision(row("x:1"), MappingState.ACCEPTED)], who="ben")
    with pytest.raises(Conflict):
        ledger.take_out("DOID", who="ana", as_of=number)
    with pytest.raises(Conflict):
        ledger.put_release(loaded(concept("DOID_2"), version="2"), who="ana", as_of=number)
    assert [one.version for one in ledger.releases()] == ["1"]
    assert ledger.additions().concepts == (concept("DOID_1"),)


def test_a_release_that_another_one_hangs_on_is_not_taken_from_under_it(ledger: Ledger) -> None:
    ledger.put_release(loaded(concept("DOID_1")), who="ana")
    ledger.put_release(loaded(concept("MONDO_1", "DOID_1"), system="MONDO"), who="ana")
    with pytest.raises(BadRequest, match="does not fit the scheme"):
        ledger.take_out("DOID", who="ana", as_of=ledger.vocabulary_number())
    assert len(ledger.releases()) == 2


def test_releases_that_an_update_has_no_place_for_can_be_taken_out(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before_the_update:
        before_the_update.setattr("catalogue.ledger.releases._require_fitting", lambda _: None)
        ledger.put_release(loaded(concept("DOID_1", "gone-with-the-update")), who="ana")
        ledger.put_release(loaded(concept("MONDO_1", "gone-too"), system="MONDO"), who="ana")
    for system in ("DOID", "MONDO"):
        ledger.take_out(system, who="ana", as_of=ledger.vocabulary_number())
    assert ledger.releases() == ()


def test_a_system_that_is_not_loaded_cannot_be_taken_out(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.take_out("DOID", who="ana", as_of=ledger.vocabulary_number())


def replaced(ledger: Ledger) -> list[datetime | None]:
    """When each release that ever was went out of force."""
    with ledger._database.reading() as connection:
        return list(connection.execute(select(release.c.replaced).order_by(release.c.id)).scalars())
