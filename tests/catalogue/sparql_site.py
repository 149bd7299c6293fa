"""A site that answers SPARQL: the small catalogue with a real broker over a small graph."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue.ports import NamedGraph, QueryLimits
from catalogue.sparql.prefixes import known_prefixes
from catalogue.stores.broker import BrokerClient, BrokerSetting
from catalogue.web.app import create_app
from tests.contracts.sparql_builders import dataset_graph, publish, running_broker
from tests.small_catalogue import HOSTILE, SmallCatalogue

SECONDS: Final = 3.0
DATASETS: Final = 60
PATH: Final = "/sparql"
JSON: Final = "application/sparql-results+json"
_EVIL: Final = (
    f'<urn:test:evil> <urn:test:says> "{HOSTILE}" .\n<urn:test:evil> <urn:test:at> <javascript:alert(1)> .\n'
)


class Asker(FlaskClient):
    """Reads each answer to its end and closes it, as a server does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True, **kwargs})


@contextmanager
def sparql_site(folder: Path, small: SmallCatalogue) -> Iterator[FlaskClient]:
    graphs = [dataset_graph(number) for number in range(DATASETS)]
    publish(folder / "graph", *graphs, NamedGraph("urn:test:graph", _EVIL.encode()))
    setting = BrokerSetting(
        slots=2, megabytes=512, seconds=SECONDS, prefixes=known_prefixes(small.base_url), queue_seconds=2.0
    )
    with running_broker(folder, setting):
        services = replace(
            small,
            queries=BrokerClient(folder / "run"),
            query_limits=QueryLimits(SECONDS, result_bytes=3_000_000),
        )
        site = create_app(services)
        site.test_client_class = Asker
        yield site.test_client()
