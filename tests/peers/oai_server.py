"""How an oai-repo is started: an OAI-PMH engine that nobody here wrote, over records of ours."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from catalogue.sample.items import Item
from catalogue.sample.payloads import FORMATS
from tests.machine import free_port
from tests.peers.kept import python_environment
from tests.peers.serving import answers, running

REQUIREMENTS: Final = ("oai-repo==0.5.2", "flask==3.1.3", "gunicorn==27.0.1")

_FOLDER = Path(__file__).parent


@contextmanager
def running_oai_repository(folder: Path, items: Iterable[Item]) -> Iterator[str]:
    """Its address; it offers the records in Dublin Core and in DataCite."""
    environment = python_environment("oai-repo", *REQUIREMENTS)
    port = free_port()
    url, records = f"http://127.0.0.1:{port}/oai", folder / "records.json"
    records.write_text(_records(url, items), "utf-8")
    python = str(environment / "bin" / "python")
    command = [python, "-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{port}", "--chdir", str(_FOLDER)]
    with running(
        [*command, "oai_application"],
        folder,
        lambda: answers(f"{url}?verb=Identify"),
        variables={"OAI_RECORDS": str(records), "PYTHONDONTWRITEBYTECODE": "1"},
    ):
        yield url


def _records(url: str, items: Iterable[Item]) -> str:
    """What ``oai_application`` reads."""
    held = {
        "url": url,
        "formats": [(one.prefix, one.schema, one.namespace) for one in FORMATS.values()],
        "records": {
            f"oai:node.example:{item.id}": {
                "datestamp": f"{item.datestamp.isoformat()}T00:00:00Z",
                "set": item.set,
                "metadata": {prefix: one.write(item) for prefix, one in FORMATS.items()},
            }
            for item in items
        },
    }
    return json.dumps(held)
