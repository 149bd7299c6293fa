"""How a CKAN with ckanext-dcat is started, filled and asked to harvest: the peer that most portals run."""

import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
from pydantic import BaseModel, JsonValue

from tests.machine import free_port
from tests.peers.kept import PeerAbsent, python_environment
from tests.peers.redis_server import running_redis
from tests.peers.serving import answers, running
from tests.peers.solr_server import running_solr

REQUIREMENTS: Final = (
    "ckan[requirements]==2.11.6",
    "ckanext-dcat==2.4.4",
    "ckanext-harvest==1.6.3",
    "ckanext-scheming==3.1.0",
    "setuptools<81",
)
DATASETS: Final = 60
PAGE: Final = 20

_COMMAND_SECONDS = 240
_REQUEST_SECONDS = 120
_HARVEST_SECONDS = 600
_LOOK_SECONDS = 1.0
_AS_A_SERVICE = ("--disable-reloader", "--disable-debugger", "--threaded")
_OWNER = "hospital"
# What differs from CKAN's own defaults, and how it logs (it does not start without that part).
_SETTINGS = """
[app:main]
SECRET_KEY = {secret}
WTF_CSRF_SECRET_KEY = {secret}
api_token.jwt.encode.secret = string:{secret}
api_token.jwt.decode.secret = string:{secret}
sqlalchemy.url = {database}
solr_url = {solr}
ckan.redis.url = redis://127.0.0.1:{redis}/0
ckan.harvest.mq.type = redis
ckan.harvest.mq.hostname = 127.0.0.1
ckan.harvest.mq.port = {redis}
ckan.site_url = {url}
ckan.storage_path = {folder}/storage
ckan.plugins = activity dcat dcat_rdf_harvester harvest structured_data scheming_datasets
scheming.dataset_schemas = ckanext.dcat.schemas:health_dcat_ap.yaml
scheming.presets = ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml
ckanext.dcat.rdf.profiles = euro_health_dcat_ap
ckanext.dcat.datasets_per_page = {page}
# Else a keyword with a bracket or a stroke costs CKAN the whole record that it harvests.
ckanext.dcat.clean_tags = true

[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = WARNING
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(asctime)s %(levelname)s %(name)s %(message)s
"""


class _Stats(BaseModel):
    added: int
    errored: int


class _Job(BaseModel):
    """Times are UTC, without saying so."""

    gather_started: datetime | None
    stats: _Stats
    object_error_summary: list[JsonValue]


class _Named(BaseModel):
    id: str


class _Status(BaseModel):
    last_job: _Job | None


@dataclass(frozen=True, slots=True)
class Harvested:
    """What CKAN's own harvester took in, why it failed with others, and how long it was at work."""

    datasets: int
    failures: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Site:
    """A running site. ``command`` is how CKAN's own commands begin; they work in ``folder``."""

    url: str
    folder: Path
    command: tuple[str, ...]
    client: httpx.Client

    def act(self, action: str, **values: JsonValue) -> JsonValue:
        """Call CKAN's API (https://docs.ckan.org/en/2.11/api); raises where it refuses."""
        reply = self.client.post(f"/api/3/action/{action}", json=values)
        assert reply.is_success, f"{action}: {reply.status_code} {reply.text[:500]}"
        result: JsonValue = reply.json()["result"]
        return result

    def load(self, package: Mapping[str, JsonValue]) -> None:
        self.act("package_create", owner_org=_OWNER, **package)

    def harvest(self, url: str, *, records: int) -> Harvested:
        """Let CKAN harvest a DCAT catalogue of so many records, and forget them again."""
        kind = {"source_type": "dcat_rdf", "owner_org": _OWNER, "title": "Node"}
        name = f"node-{secrets.token_hex(4)}"  # that of a deleted source stays taken
        source = _Named.model_validate(self.act("harvest_source_create", name=name, url=url, **kind)).id
        try:
            with self._harvesters():
                self.act("harvest_job_create", source_id=source, run=True)
                return self._harvested(source, records)
        finally:
            self.act("harvest_source_clear", id=source)
            self.act("harvest_source_delete", id=source)

    @contextmanager
    def _harvesters(self) -> Iterator[None]:
        """The two processes that an operator of CKAN runs for it."""
        with ExitStack() as started:
            for consumer in ("gather-consumer", "fetch-consumer"):
                command = (*self.command, "harvester", consumer)
                started.enter_context(running(command, self.folder, lambda: True))
            yield

    def _harvested(self, source: str, records: int) -> Harvested:
        """Measured from when its harvester began, so that the start of its processes does not count."""
        end = time.monotonic() + _HARVEST_SECONDS
        while time.monotonic() < end:
            job = _Status.model_validate(self.act("harvest_source_show_status", id=source)).last_job
            if job and job.gather_started and job.stats.added + job.stats.errored >= records:
                took = datetime.now(UTC) - job.gather_started.replace(tzinfo=UTC)
                failures = tuple(str(one) for one in job.object_error_summary)
                return Harvested(job.stats.added, failures, took.total_seconds())
            time.sleep(_LOOK_SECONDS)
        raise AssertionError(f"CKAN has not harvested {records} records in {_HARVEST_SECONDS} s: {job}")


@contextmanager
def running_site(folder: Path, database: str) -> Iterator[Site]:
    """A site without datasets; ``database`` is the address of an empty PostgreSQL database."""
    environment = python_environment("ckan", *REQUIREMENTS)
    (schema,) = environment.glob("lib/python3*/site-packages/ckan/config/solr/schema.xml")
    port = free_port()
    url, settings = f"http://127.0.0.1:{port}", folder / "ckan.ini"
    command = (str(environment / "bin" / "python"), str(environment / "bin" / "ckan"), "-c", str(settings))
    with running_redis(folder) as redis, running_solr(folder / "solr", schema) as solr:
        places = {"database": database, "redis": redis, "solr": solr, "url": url, "folder": folder}
        settings.write_text(_SETTINGS.format(secret=secrets.token_hex(), page=PAGE, **places), "utf-8")
        token = _administrator(command, folder)
        server = (*command, "run", "--host", "127.0.0.1", "--port", str(port), *_AS_A_SERVICE)
        headers = {"Authorization": token}
        with (
            running(server, folder, lambda: answers(f"{url}/api/3/action/status_show")),
            httpx.Client(base_url=url, headers=headers, timeout=_REQUEST_SECONDS) as client,
        ):
            site = Site(url, folder, command, client)
            site.act("organization_create", name=_OWNER)
            yield site


def _administrator(command: tuple[str, ...], folder: Path) -> str:
    """Make the database's tables and a user who may do everything; the user's token."""
    password = secrets.token_hex()

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=folder,
            timeout=_COMMAND_SECONDS,
        )
        if done.returncode:
            raise PeerAbsent(f"ckan {' '.join(arguments[:2])}: {done.stderr[-1000:]}")
        return done.stdout

    run("db", "init")
    run("user", "add", "admin", "email=admin@example.org", f"password={password}")
    run("sysadmin", "add", "admin")
    return run("user", "token", "add", "admin", "tests", "--quiet").split()[-1]
