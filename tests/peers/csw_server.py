"""How a pycsw is started over csw:Record files: an OAI-PMH door that goes its own ways."""

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from catalogue.sample.items import Item
from tests.machine import free_port
from tests.peers.kept import PeerAbsent, python_environment
from tests.peers.serving import answers, running

REQUIREMENTS: Final = ("pycsw==2.6.2", "gunicorn==27.0.1", "setuptools<81", "shapely<2", "sqlalchemy<2")

_LOAD_SECONDS = 240
_SETTINGS = """
[server]
home={home}
url={url}
maxrecords=10
[manager]
transactions=false
[metadata:main]
identification_title=Node of a hospital
identification_abstract=Imaging collections
identification_keywords=imaging
identification_keywords_type=theme
identification_fees=None
identification_accessconstraints=None
provider_name=Hospital
provider_url={url}
contact_name=Hospital
contact_position=Data manager
contact_address=Street
contact_city=Town
contact_stateorprovince=Region
contact_postalcode=1
contact_country=Country
contact_phone=1
contact_fax=1
contact_email=support@example.org
contact_url={url}
contact_hours=0-24
contact_instructions=By mail
contact_role=pointOfContact
[metadata:inspire]
enabled=false
[repository]
database=sqlite:///{folder}/records.sqlite
table=records
"""
_NAMESPACES = (
    'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:dct="http://purl.org/dc/terms/"'
)


@contextmanager
def running_csw(folder: Path, items: Iterable[Item]) -> Iterator[str]:
    """The address of its OAI-PMH door, with these records behind it."""
    environment = python_environment("pycsw", *REQUIREMENTS)
    (home,) = environment.glob("lib/python3*/site-packages/pycsw")
    port = free_port()
    url, settings, records = f"http://127.0.0.1:{port}", folder / "pycsw.cfg", folder / "records"
    settings.write_text(_SETTINGS.format(home=home, url=url, folder=folder), "utf-8")
    records.mkdir()
    for item in items:
        (records / f"{item.id}.xml").write_text(record(item), "utf-8")
    python = str(environment / "bin" / "python")
    for arguments in (("-c", "setup_db"), ("-c", "load_records", "-p", str(records))):
        _run([python, str(environment / "bin" / "pycsw-admin.py"), "-f", str(settings), *arguments], folder)
    command = [python, "-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{port}", "pycsw.wsgi:application"]
    ready = f"{url}/?mode=oaipmh&verb=Identify"
    with running(command, folder, lambda: answers(ready), variables={"PYCSW_CONFIG": str(settings)}):
        yield f"{url}/?mode=oaipmh"


def record(item: Item) -> str:
    """One csw:Record; its elements are those that pycsw knows."""
    elements = [
        ("dc:identifier", f"idc:{item.id}"),
        ("dc:title", item.title),
        ("dc:type", "dataset"),
        *(("dc:subject", subject.value) for subject in item.subjects),
        ("dc:format", "application/dicom"),
        ("dct:abstract", item.description),
        ("dct:modified", item.datestamp.isoformat()),
        ("dc:publisher", item.contributor),
        ("dc:rights", item.licences[0].url),
        ("dc:source", f"https://doi.org/{item.doi}"),
        ("dc:language", "en"),
    ]
    body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<csw:Record {_NAMESPACES}>{body}</csw:Record>\n'


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder, timeout=_LOAD_SECONDS
    )
    if done.returncode:
        raise PeerAbsent(f"{' '.join(command[2:])}: {(done.stderr or done.stdout)[-1000:]}")
