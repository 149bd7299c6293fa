"""Which concepts and mappings act, and who comes to know of a change when."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from catalogue.errors import IndexUnavailable
from catalogue.ingest.preparing import Preparing
from catalogue.ledger import Decision, Ledger, LoadedRelease, MappingState
from catalogue.ports import IndexQuery
from catalogue.profile.reader import read_dataset
from catalogue.quality.apart import CheckerApart
from catalogue.resources import shapes_folder
from catalogue.services import WebServices, Workshop
from catalogue.services import searched as searched_module
from catalogue.services.adapters import vocabulary_of
from catalogue.services.vocabulary import Vocabulary, in_force, own_vocabulary
from catalogue.settings import Settings
from catalogue.worker.loop import Worker
from ontologies.concepts import Axis, Concept
from ontologies.mappings import Mapping
from tests.catalogue.descriptions import received
from tests.catalogue.kept import follow_all, give, key, opened
from tests.catalogue.test_preparing import MANY, compared, wanted

WORD = "Zungentumor"
TONGUE = "Tumour of the tongue that no scheme knows"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as found:
        yield found


def row(record_id: str = "x:1", word: str = WORD, concept: str = "eucaim:CLIN1000060") -> Mapping:
    return Mapping(
        record_id=record_id,
        subject_label=word,
        subject_type="rdfs literal",
        subject_category=Axis.CANCER,
        predicate_id="skos:exactMatch",
        object_id=concept,
        object_label="Some cancer",
        mapping_justification="semapv:ManualMappingCuration",
    )


def accept(ledger: Ledger, *rows: Mapping) -> None:
    ledger.decide((Decision(one, MappingState.ACCEPTED) for one in rows), who="ana")


def load(ledger: Ledger, version: str = "1", label: str = TONGUE) -> None:
    added = Concept(
        code="DOID_1",
        iri="http://purl.obolibrary.org/obo/DOID_1",
        axis=Axis.CANCER,
        label=label,
        parents=("CLIN1007977",),
        release=f"DOID {version}",
    )
    ledger.put_release(LoadedRelease("DOID", version, "DO", "CC0", "0" * 64, b"", 1, (added,)), who="ana")


def meanings(vocabulary: Vocabulary, word: str) -> list[str | None]:
    return [one.concept for one in vocabulary.aligner.align(word, Axis.CANCER)]


def test_an_instance_that_decided_nothing_has_the_project_s_own(ledger: Ledger) -> None:
    found, own = in_force(ledger), own_vocabulary()
    assert (found.scheme.version, found.aligner.version) == (own.scheme.version, own.aligner.version)


def test_an_accepted_mapping_acts(ledger: Ledger) -> None:
    accept(ledger, row())
    assert meanings(in_force(ledger), WORD) == ["CLIN1000060"]


def test_a_loaded_release_brings_concepts_and_their_names(ledger: Ledger) -> None:
    load(ledger)
    assert meanings(in_force(ledger), TONGUE) == ["DOID_1"]


def test_another_mapping_makes_another_aligner_and_the_same_scheme(ledger: Ledger) -> None:
    before = in_force(ledger)
    accept(ledger, row())
    after = in_force(ledger, earlier=before)
    assert after.scheme is before.scheme
    assert after.aligner.version != before.aligner.version
    assert in_force(ledger).scheme.version == before.scheme.version


def test_nothing_is_made_anew_while_the_number_stands(ledger: Ledger) -> None:
    before = in_force(ledger)
    assert in_force(ledger, earlier=before) is before


def test_what_was_taken_back_leaves_the_same_aligner_as_before(ledger: Ledger) -> None:
    before = in_force(ledger)
    accept(ledger, row())
    ledger.decide([Decision(row(), MappingState.REJECTED)], who="ana")
    assert in_force(ledger, earlier=before).aligner is before.aligner


def test_a_mapping_to_a_concept_that_is_gone_stops_nothing(ledger: Ledger) -> None:
    accept(ledger, row(concept="eucaim:CLIN9999999"), row("x:2", "Other word"))
    found = in_force(ledger)
    assert meanings(found, WORD) == [None]
    assert meanings(found, "Other word") == ["CLIN1000060"]


def test_a_release_that_a_newer_scheme_has_no_place_for_stops_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("catalogue.ledger.releases._require_fitting", lambda _: None)
    accept(ledger, row())
    lost = Concept("DOID_1", "urn:x:1", Axis.CANCER, TONGUE, parents=("gone-with-the-update",))
    ledger.put_release(LoadedRelease("DOID", "1", "DO", "CC0", "0" * 64, b"", 1, (lost,)), who="ana")
    with caplog.at_level(logging.ERROR):
        found = in_force(ledger)
    assert meanings(found, WORD) == ["CLIN1000060"]
    assert "gone-with-the-update" in caplog.text


def test_processes_of_their_own_prepare_by_the_same_vocabulary(ledger: Ledger, tmp_path: Path) -> None:
    accept(ledger, row())
    load(ledger)
    rules = in_force(ledger, folder=tmp_path / "concepts").preparation("https://catalogue.example")
    with closing(Preparing(rules, processes=1)) as preparing:
        many = [compared(made) for _, made in preparing.prepared(wanted())]
        assert preparing.pool is not None
        # Whatever its process has not taken, this one has done.
        for _ in range(600):
            if preparing.pool.working():
                break
            time.sleep(0.1)
        assert preparing.pool.working()
    assert len(many) == MANY


def test_a_process_without_the_file_leaves_the_work_to_its_parent(ledger: Ledger, tmp_path: Path) -> None:
    accept(ledger, row())
    vocabulary = in_force(ledger, folder=tmp_path / "concepts")
    assert vocabulary.additions_file is not None
    vocabulary.additions_file.unlink()
    with closing(Preparing(vocabulary.preparation(""), processes=1)) as preparing:
        assert len(list(preparing.prepared(wanted()))) == MANY


def test_the_checks_apart_know_the_concepts_of_a_release(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger)
    found = in_force(ledger, folder=tmp_path / "concepts")
    apart = CheckerApart(found.scheme, shapes_folder(), additions=found.additions_file)
    with closing(apart) as checker:
        checker.check("urn:x", b"")
        assert checker.pool is not None
        for _ in range(600):
            if checker.pool.working():
                break
            time.sleep(0.1)
        assert checker.pool.working()


def test_files_of_earlier_vocabularies_go(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "concepts"
    for number in range(12):
        accept(ledger, row(f"x:{number}", f"word {number}"))
        newest = in_force(ledger, folder=folder).additions_file
    kept = list(folder.iterdir())
    assert newest in kept
    assert len(kept) == 8


def test_those_who_write_the_same_file_at_once_do_not_disturb_each_other(
    ledger: Ledger, tmp_path: Path
) -> None:
    accept(ledger, *(row(f"x:{number}", f"word {number}") for number in range(500)))
    found: list[Path | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(in_force(ledger, folder=tmp_path / "c").additions_file))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert [one.name for one in (tmp_path / "c").iterdir()] == [found[0] and found[0].name]


def test_a_folder_that_cannot_be_written_leaves_the_vocabulary_in_force(
    ledger: Ledger, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    accept(ledger, row())
    (tmp_path / "concepts").write_text("a file stands here")
    found = in_force(ledger, folder=tmp_path / "concepts")
    assert found.additions_file is None
    assert meanings(found, WORD) == ["CLIN1000060"]
    assert "cannot be written" in caplog.text


def test_looking_at_metadata_makes_no_instance(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "nothing here")
    assert vocabulary_of(settings).number == 0
    assert not settings.data_dir.exists()


def test_looking_at_metadata_follows_the_instance_that_is_there(tmp_path: Path) -> None:
    with opened(tmp_path) as workshop:
        accept(workshop.ledger, row())
        assert meanings(vocabulary_of(workshop.settings), WORD) == ["CLIN1000060"]


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Workshop]:
    with opened(tmp_path / "data") as workshop:
        give(workshop, {"a": "One"})
        follow_all(workshop)
        yield workshop


@pytest.fixture
def services(filled: Workshop, monkeypatch: pytest.MonkeyPatch) -> WebServices:
    """Those of the web, which look at every request."""
    monkeypatch.setattr(searched_module, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(searched_module, "_ASK_SECONDS", 0.0)
    return WebServices(filled.settings)


def keys(services: WebServices) -> list[str]:
    return [hit.document.key for hit in services.index.search(ALL).hits]


ALL = IndexQuery(limit=10)


def test_the_web_takes_a_mapping_up_at_its_next_look(services: WebServices, filled: Workshop) -> None:
    before = services.for_request()
    accept(filled.ledger, row())
    after = services.for_request()
    assert after.aligner.version != before.aligner.version
    assert (after.scheme, after.index) == (before.scheme, before.index)


def test_the_web_goes_on_with_both_until_the_new_index_is_there(
    services: WebServices, filled: Workshop
) -> None:
    load(filled.ledger)
    waiting = services.for_request()
    assert waiting.scheme.get("DOID_1") is None
    assert keys(waiting) == [key("a")]
    Worker(filled).drain()
    after = services.for_request()
    assert after.scheme.get("DOID_1") is not None
    assert keys(after) == [key("a")]


def test_a_request_under_way_keeps_what_it_began_with(services: WebServices, filled: Workshop) -> None:
    under_way = services.for_request()
    assert keys(under_way) == [key("a")]
    load(filled.ledger)
    Worker(filled).drain()
    assert services.for_request().scheme.get("DOID_1") is not None
    assert under_way.scheme.get("DOID_1") is None
    assert keys(under_way) == [key("a")]


def test_a_newer_vocabulary_takes_the_place_of_one_that_still_waits(
    services: WebServices, filled: Workshop
) -> None:
    load(filled.ledger)
    services.for_request()
    load(filled.ledger, "2", "Another name")
    services.for_request()
    Worker(filled).drain()
    found = services.for_request().scheme.get("DOID_1")
    assert found is not None
    assert found.label == "Another name"


def test_a_ledger_that_does_not_answer_leaves_the_web_what_it_has(
    services: WebServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Ledger) -> int:
        raise IndexUnavailable("gone")

    monkeypatch.setattr(Ledger, "vocabulary_number", fail)
    assert services.for_request().scheme is services.scheme


def test_the_worker_s_projections_follow_another_scheme_without_a_restart(filled: Workshop) -> None:
    load(filled.ledger)
    assert Worker(filled).drain()
    fresh = filled.examined()
    assert fresh.scheme.get("DOID_1") is not None
    assert [one.key for one in fresh.index.scan()] == [key("a")]


def test_a_desk_takes_up_what_was_decided_before_its_next_job(filled: Workshop) -> None:
    with closing(filled.desk()) as desk:
        before = desk.preparing.rules.aligner
        accept(filled.ledger, row())
        filled.take_up()
        desk.take_up(filled.preparation)
        assert desk.preparing.rules.aligner != before


def test_who_fails_to_open_the_stores_can_try_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as workshop:
        give(workshop, {"a": "One"})
        with monkeypatch.context() as once:
            once.setattr("catalogue.services.workshop.open_index_writer", _unavailable)
            with pytest.raises(IndexUnavailable):
                follow_all(workshop)
        assert follow_all(workshop)["index"] == 1


def _unavailable(*_: object) -> None:
    raise IndexUnavailable("not now")


def test_a_value_tells_which_release_its_concept_came_with(ledger: Ledger) -> None:
    load(ledger)
    rules = in_force(ledger).preparation("")
    prepared = rules.prepare(received(f'eucaim:hasCondition "{TONGUE}" .'), key="k")
    (value,) = (
        one for one in read_dataset("k", prepared.subject, prepared.triples).values if one.axis is Axis.CANCER
    )
    assert (value.concept, value.scheme) == ("DOID_1", "DOID 1")
