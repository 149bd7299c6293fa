"""``catalogue concepts unload``: what goes with a release, what stays for others, and who is asked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.errors import Conflict
from catalogue.ledger import Decision, Ledger, MappingState
from catalogue.maintenance.releases import apply, weigh
from catalogue.maintenance.unloading import unload, weigh_unloading
from catalogue.services import open_ledger
from catalogue.services.vocabulary import in_force
from catalogue.settings import Settings
from ontologies.additions import Additions
from ontologies.concepts import Axis, ConceptScheme
from ontologies.mappings import MANUAL, Mapping
from ontologies.own_scheme import load_scheme
from ontologies.releases.integrity import faults_of
from ontologies.releases.reading import read_release
from tests.catalogue.test_concept_commands import CANCER, LOW, ODD
from tests.flow.commands import Commands
from tests.ontologies.releases.builders import obo, written

MONDO = obo(
    'id: MONDO:990001\nname: odd cancer\nsynonym: "peculiar cancer" EXACT []',
    "id: MONDO:990002\nname: quite another cancer\nis_a: MONDO:990001",
)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(tmp_path / "data", monkeypatch, capsys)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(Settings(data_dir=tmp_path / "data")) as found:
        yield found


def load(ledger: Ledger, folder: Path, content: str) -> None:
    apply(ledger, weigh(ledger, read_release(written(folder, "release.obo", content))), who="ana")


def take_out(ledger: Ledger, system: str = "DOID") -> None:
    unload(ledger, weigh_unloading(ledger, system), who="ben")


def row(concept: str = "DOID_990001", record_id: str = "x:1") -> Mapping:
    return Mapping(
        record_id=record_id,
        subject_label="Seltsamer Krebs",
        subject_type="rdfs literal",
        subject_category=Axis.CANCER,
        predicate_id="skos:exactMatch",
        object_id=f"http://purl.obolibrary.org/obo/{concept}",
        object_label="Odd cancer",
        mapping_justification=MANUAL,
    )


def decide(ledger: Ledger, *rows: Mapping, state: MappingState = MappingState.ACCEPTED) -> None:
    ledger.decide((Decision(one, state) for one in rows), who="ana")


def scheme(ledger: Ledger) -> ConceptScheme:
    return load_scheme(Additions(ledger.additions().concepts))


def test_taking_out_shows_what_goes_and_writes_nothing(
    commands: Commands, ledger: Ledger, tmp_path: Path
) -> None:
    lung = 'id: DOID:1324\nname: lung cancer\nsynonym: "pulmonal oddity" EXACT []'
    load(ledger, tmp_path, obo(CANCER, ODD, LOW, lung))
    before = ledger.additions()
    shown = commands.well("concepts", "unload", "DOID")
    assert "Concepts that would go: 2" in shown.out
    assert "pulmonal oddity" in shown.out
    assert "say --apply" in shown.err
    assert ledger.additions() == before


def test_without_anything_that_rests_on_it_all_is_as_before_the_load(
    commands: Commands, ledger: Ledger, tmp_path: Path
) -> None:
    load(ledger, tmp_path, MONDO.replace("odd cancer", "cancer"))
    before = ledger.additions()
    load(ledger, tmp_path, obo(CANCER, ODD, LOW))
    number = ledger.vocabulary_number()
    assert commands.well("concepts", "unload", "DOID", "--apply", "--json").json["applied"]
    after = ledger.additions()
    assert (after, after.version) == (before, before.version)
    assert ledger.vocabulary_number() > number
    listed = commands.well("concepts", "list", "--json").json
    assert [one["system"] for one in listed["releases"]] == ["MONDO"]
    assert listed["remnants"] == []


def test_what_was_taken_out_can_be_loaded_again(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD))
    before = ledger.additions()
    take_out(ledger)
    load(ledger, tmp_path, obo(CANCER, ODD))
    assert ledger.additions() == before


def test_an_accepted_mapping_keeps_its_concept_as_an_obsolete_one(
    commands: Commands, ledger: Ledger, tmp_path: Path
) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD, LOW))
    decide(ledger, row())
    shown = commands.well("concepts", "unload", "DOID", "--apply")
    assert "Accepted mappings that rest on its concepts: 1" in shown.out
    assert "Concepts that would go: 1" in shown.out
    kept = scheme(ledger).get("DOID_990001")
    assert kept is not None
    assert (kept.label, kept.shown, kept.notations) == ("Odd cancer (obsolete)", False, ("DOID:990001",))
    (meant,) = in_force(ledger).aligner.align("Seltsamer Krebs", Axis.CANCER)
    assert meant.concept == "DOID_990001"


def test_what_stays_is_listed_apart_and_goes_once_nothing_rests_on_it(
    commands: Commands, ledger: Ledger, tmp_path: Path
) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD))
    decide(ledger, row())
    take_out(ledger)
    listed = commands.well("concepts", "list", "--json").json
    assert listed["releases"] == []
    assert [(one["system"], one["concepts"]) for one in listed["remnants"]] == [("DOID", 1)]
    decide(ledger, row(), state=MappingState.REJECTED)
    take_out(ledger)
    assert not ledger.additions().concepts
    assert ledger.releases() == ()


def test_taking_out_twice_changes_nothing_more(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD))
    decide(ledger, row())
    take_out(ledger)
    rows, number = ledger.releases(), ledger.vocabulary_number()
    take_out(ledger)
    assert (ledger.releases(), ledger.vocabulary_number()) == (rows, number)


def test_another_release_keeps_what_it_rests_on(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD, LOW))
    load(ledger, tmp_path, MONDO)
    take_out(ledger)
    found = scheme(ledger)
    kept = found.get("DOID_990001")
    assert kept is not None
    assert (kept.label, kept.shown) == ("Odd cancer (obsolete)", False)
    assert found.get("DOID_990002") is None
    assert kept.parents == ("CLIN1007977",)
    assert "DOID_990001" in found.broader("MONDO_990002")
    assert faults_of(found) == ()


def test_the_releases_that_rest_on_it_are_named(commands: Commands, ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD))
    load(ledger, tmp_path, MONDO)
    shown = commands.well("concepts", "unload", "DOID")
    assert "rest on its concepts: MONDO 2026-07-31" in shown.out


def test_a_remnant_goes_with_the_release_that_rested_on_it(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD))
    load(ledger, tmp_path, MONDO)
    take_out(ledger)
    take_out(ledger, "MONDO")
    take_out(ledger)
    assert not ledger.additions()


def test_a_proposal_to_a_concept_that_goes_is_told_and_keeps_nothing(
    commands: Commands, ledger: Ledger, tmp_path: Path
) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD))
    decide(ledger, row(), state=MappingState.PROPOSED)
    shown = commands.well("concepts", "unload", "DOID", "--apply")
    assert "Proposals that would lead nowhere: 1" in shown.out
    assert not ledger.additions()


def test_a_mapping_accepted_meanwhile_makes_the_operator_look_again(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD))
    looked_at = weigh_unloading(ledger, "DOID")
    decide(ledger, row())
    with pytest.raises(Conflict, match="look once more"):
        unload(ledger, looked_at, who="ben")
    assert scheme(ledger).get("DOID_990001") is not None


def test_a_release_loaded_meanwhile_makes_the_operator_look_again(ledger: Ledger, tmp_path: Path) -> None:
    looked_at = weigh(ledger, read_release(written(tmp_path, "doid.obo", obo(CANCER, ODD))))
    load(ledger, tmp_path, obo("id: MONDO:1\nname: cancer", "id: MONDO:2\nname: odd cancer\nis_a: MONDO:1"))
    with pytest.raises(Conflict, match="look once more"):
        apply(ledger, looked_at, who="ben")
    assert faults_of(scheme(ledger)) == ()


def test_an_unknown_system_is_answered_with_those_that_are_loaded(
    commands: Commands, ledger: Ledger, tmp_path: Path
) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD))
    ended = commands.run("concepts", "unload", "doid", "--apply")
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)
    assert "loaded are: DOID" in ended.err


def test_the_json_lists_every_concept_that_goes(commands: Commands, ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, tmp_path, obo(CANCER, ODD, LOW))
    told = json.loads(commands.well("concepts", "unload", "DOID", "--json").out)
    assert [one["code"] for one in told["unloading"]["effect"]["gone"]] == ["DOID_990001", "DOID_990002"]
    assert not told["applied"]


def test_releases_loaded_over_one_another_leave_no_fault(ledger: Ledger, shared_data: Path) -> None:
    """Of these three, retained concepts once kept DOID:3069 and DOID:0081312, which others had by then."""
    folder = shared_data / "ontologies"
    paths = ("cancer_slice/cancer_slice.owl", "oncotree/oncotree_2025_10_03.json", "doid/DO_cancer_slim.obo")
    for path in paths:
        weighed = weigh(ledger, read_release(folder / path))
        apply(ledger, weighed, who="ana")
        found = scheme(ledger)
        assert faults_of(found) == (), path
    assert weighed.retained
    kept = [found.get(each.code) for each in weighed.retained]
    assert not [each for each in kept if each is None or each.shown or "(obsolete" not in each.label]
    assert not {each.code for each in weighed.contribution.new if _release(found, each.code) != weighed.name}


def _release(found: ConceptScheme, code: str) -> str:
    concept = found.get(code)
    return concept.release if concept else ""
