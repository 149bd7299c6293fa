"""A curator's decision, from the command to the facets, while a worker and a site run on."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.services import WebServices, Workshop
from catalogue.web.app import create_app
from catalogue.worker.loop import Worker
from tests.flow.commands import Commands
from tests.flow.faults.nodes import RECORDS, DcatNode
from tests.harvesters.scripted_provider import Provider

WORD = "Zungentumor"
HEAD = """\
#curie_map:
#  eucaim: https://cancerimage.eu/ontology/EUCAIM#
#mapping_set_id: https://hospital.example/words
#license: https://creativecommons.org/publicdomain/zero/1.0/
"""
CELLS = {
    "record_id": "tongue",
    "subject_label": WORD,
    "subject_category": "cancer",
    "predicate_id": "skos:exactMatch",
    "object_id": "eucaim:CLIN1000060",
    "object_label": "Breast cancer",
    "mapping_justification": "semapv:ManualMappingCuration",
    "subject_type": "rdfs literal",
}
WHY = ("--why", "asked at the hospital")


@pytest.fixture
def harvested(commands: Commands) -> Iterator[Commands]:
    """Three datasets of a node have a word that no scheme knows."""
    provider = Provider()
    node = DcatNode(provider, "north")
    wordy = [
        node.dataset(number, more=f'; <https://cancerimage.eu/ontology/EUCAIM#hasCondition> "{WORD}" ')
        for number in range(3)
    ]
    node.lay_out([*wordy, *node.datasets(range(3, RECORDS))])
    commands.well("source", "add", "north", "--kind", "dcat", "--url", node.url, "--pace", "0")
    assert commands.harvest("north")["state"] == "done"
    yield commands
    provider.stop()


@contextmanager
def working(commands: Commands) -> Iterator[None]:
    workshop, stop = Workshop(commands.settings), threading.Event()
    thread = threading.Thread(target=Worker(workshop).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        workshop.close()


def import_words(commands: Commands, folder: Path) -> None:
    file = folder / "words.sssom.tsv"
    file.write_text(HEAD + "\t".join(CELLS) + "\n" + "\t".join(CELLS.values()) + "\n")
    commands.well("mappings", "import", file, "--state", "accepted", "--apply", *WHY)


def below(site: FlaskClient, concept: str = "CLIN1000060") -> int:
    answer = site.get(f"/api/v1/search?cancer={concept}")
    assert answer.status_code == 200
    return int(answer.get_json()["total"]["datasets"])


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


def test_a_mapping_moves_the_facet_while_worker_and_site_run(harvested: Commands, tmp_path: Path) -> None:
    with working(harvested):
        site = create_app(WebServices(harvested.settings)).test_client()
        assert below(site) == 0
        import_words(harvested, tmp_path)
        harvested.well("reprocess", "--all")
        assert until(lambda: below(site) == 3)
        assert until(lambda: harvested.run("doctor").code == 0)


def test_a_decision_that_is_taken_back_moves_the_facet_back(harvested: Commands, tmp_path: Path) -> None:
    import_words(harvested, tmp_path)
    harvested.well("reprocess", "--all")
    site = create_app(WebServices(harvested.settings)).test_client()
    assert below(site) == 3
    harvested.well("mappings", "reject", "tongue", *WHY)
    harvested.well("reprocess", "--all")
    assert below(site) == 0


def test_the_next_harvest_takes_a_mapping_up(harvested: Commands, tmp_path: Path) -> None:
    import_words(harvested, tmp_path)
    assert harvested.harvest("north")["counts"]["changed"] == 3
    assert harvested.harvest("north")["counts"]["unchanged"] == RECORDS


def test_a_preview_shows_what_a_mapping_would_do_before_any_harvest(
    harvested: Commands, tmp_path: Path
) -> None:
    import_words(harvested, tmp_path)
    shown = harvested.well("source", "preview", "north", "--json").out
    assert "CLIN1000060" in shown
