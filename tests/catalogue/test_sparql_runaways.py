"""What becomes of queries that would run for ever, eat all memory or bring the engine down."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.catalogue.sparql_site import JSON, PATH, SECONDS, sparql_site
from tests.small_catalogue import SmallCatalogue


def _values(names: int) -> str:
    numbers = " ".join(map(str, range(100)))
    return " ".join(f"VALUES ?v{name} {{ {numbers} }}" for name in range(names))


def _patterns(count: int) -> str:
    return " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(count))


_DOUBLING = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
RUNAWAYS = {
    "a product of scans": f"SELECT (COUNT(*) AS ?n) {{ {_patterns(5)} }}",
    "a product of VALUES": f"SELECT (COUNT(*) AS ?n) {{ {_values(5)} }}",
    "ORDER BY of a product of VALUES": f"SELECT * {{ {_values(4)} }} ORDER BY ?v3 ?v0",
    "ORDER BY of a product of scans": f"SELECT * {{ {_patterns(3)} }} ORDER BY ?s0 ?o2",
    "DISTINCT of a product": f"SELECT DISTINCT * {{ {_patterns(3)} }}",
    "a closure of everything": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"?a{n} (<urn:p>|!<urn:p>)* ?b{n} ." for n in range(3))
    + " }",
    "3,000 nested braces": "SELECT * " + "{" * 3_000 + "}" * 3_000,
    "CONCAT doubling": f"SELECT * {{ BIND('{'a' * 64}' AS ?x0) {_DOUBLING} }}",
    "GROUP_CONCAT of a product": f"SELECT (GROUP_CONCAT(?o0) AS ?x) {{ {_patterns(4)} }}",
    "a filter that nothing passes": f"SELECT * {{ {_values(4)} FILTER(REGEX(STR(?v0 + ?v3), '^(a+)+$')) }}",
    "8,000 unions": "SELECT * {" + "UNION".join(["{}"] * 8_000) + "}",
    "SERVICE to a host that hangs": "SELECT * { SERVICE SILENT <http://10.255.255.1/> { ?s ?p ?o } }",
}


@pytest.fixture(scope="module", name="door")
def _door(small: SmallCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with sparql_site(tmp_path_factory.mktemp("runaways"), small) as client:
        yield client


def ask(door: FlaskClient, text: str) -> int:
    return door.post(PATH, data={"query": text}, headers={"Accept": JSON}).status_code


@pytest.mark.parametrize("text", RUNAWAYS.values(), ids=RUNAWAYS)
def test_a_runaway_ends_in_time_and_the_site_answers_meanwhile(door: FlaskClient, text: str) -> None:
    statuses: list[int] = []
    began = time.monotonic()
    runaway = threading.Thread(target=lambda: statuses.append(ask(door.application.test_client(), text)))
    runaway.start()
    assert ask(door, "ASK {}") in {200, 503}
    assert time.monotonic() - began < 3
    runaway.join()
    assert time.monotonic() - began < SECONDS + 2
    assert statuses[0] in {400, 503, 504}
    assert ask(door, "ASK {}") == 200


def test_ten_runaways_at_once_leave_nothing_behind(door: FlaskClient) -> None:
    statuses: list[int] = []

    def run(text: str) -> None:
        statuses.append(ask(door.application.test_client(), text))

    began = time.monotonic()
    threads = [threading.Thread(target=run, args=[text]) for text in list(RUNAWAYS.values())[:10]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Some have waited for their turn before they ran.
    assert time.monotonic() - began < SECONDS + 2 + 2
    assert set(statuses) <= {400, 503, 504}
    assert ask(door, "ASK {}") == 200


def test_a_query_process_reaches_no_network(tmp_path: Path) -> None:
    script = (
        "import socket\nfrom catalogue.stores.no_network import close_network\n"
        "assert close_network()\n"
        "try:\n    socket.create_connection(('127.0.0.1', 9), timeout=1)\n"
        "except PermissionError:\n    print('closed')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "closed\n"
