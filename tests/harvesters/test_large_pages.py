"""Whether a page larger than memory should be costs the worker only one record at a time."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvesters.errors import LimitReached
from harvesters.parsing import extracts
from harvesters.parsing.documents import Answer
from harvesters.spool import Spool
from harvesters.transport import Reply

URL = "http://node.example/c"
MEGABYTES = 60
PROGRAM = """
import resource, sys
from pathlib import Path
from harvesters.parsing import Sandbox
from harvesters.source import SourceConfig
from harvesters.sources.dcat import DcatSource
from harvesters.spool import Spool
from harvesters.transport import Transport

spool = Spool(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with Sandbox() as sandbox, Transport() as transport:
    source = DcatSource(SourceConfig("test", "dcat", "http://node.example/c", pace=0), transport, sandbox)
    listing = source.listing(since=None, spool=spool)
    found = sum(1 for _ in source.records(listing, spool=spool))
print(listing.complete, found, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_the_worker_holds_one_record_of_a_large_page(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.store(Reply(URL, 200, {"content-type": "application/n-triples"}, _page(), datetime.now(UTC)))
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    complete, found, grown = done.stdout.split()
    assert (complete, int(found)) == ("True", MEGABYTES)
    assert int(grown) < MEGABYTES / 3


def _page() -> bytes:
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset>"
    told = "<http://purl.org/dc/terms/description>"
    words = "x" * 100_000
    datasets = (
        f"<http://node.example/{number}> {kind} .\n"
        + "".join(f'<http://node.example/{number}> {told} "{part}{words}" .\n' for part in range(10))
        for number in range(MEGABYTES)
    )
    return "".join(datasets).encode()


def test_a_page_with_more_datasets_than_a_source_may_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracts, "MOST_DATASETS", 10)
    page = tmp_path / "page"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset>"
    page.write_text("".join(f"<http://e/{number}> {kind} .\n" for number in range(11)), encoding="ascii")
    with pytest.raises(LimitReached, match="more than 10 datasets"):
        extracts.extract(Answer(page, "application/n-triples", URL), tmp_path / "datasets")
    assert not (tmp_path / "datasets").exists()
