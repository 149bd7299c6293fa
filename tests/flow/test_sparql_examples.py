"""The examples of the query page find something on the sample."""

from catalogue.ports import ResultFormat
from catalogue.sparql.admission import admit
from catalogue.sparql.examples import EXAMPLES
from catalogue.stores.broker import BrokerClient, broker_setting, query_limits
from tests.contracts.sparql_builders import running_broker
from tests.flow.flows import Catalogue, Sources, harvest_all, host_of, register


def test_every_example_finds_something(catalogue_at: Catalogue, sample_sources: Sources) -> None:
    workshop = catalogue_at(host_of(sample_sources[0].url))
    register(workshop, sample_sources)
    harvest_all(workshop)
    settings = workshop.settings
    with running_broker(settings.data_dir, broker_setting(settings)):
        queries = BrokerClient(settings.data_dir / "run")
        for example in EXAMPLES:
            graph = example.text.startswith("DESCRIBE")
            form = ResultFormat.N_TRIPLES if graph else ResultFormat.CSV
            answer = queries.query(admit(example.text), result=form, limits=query_limits(settings))
            with answer.body as body:
                lines = len(body.read().splitlines())
            assert lines > (0 if graph else 1), example.title
