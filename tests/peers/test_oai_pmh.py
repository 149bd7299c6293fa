"""OAI-PMH engines of others: oai-repo, which keeps to the protocol, and pycsw, which does not."""

import pytest

from catalogue.model.run import RunState
from catalogue.sample.facts import collections
from harvesters.source import SourceConfig
from tests.flow.flows import Catalogue, harvest_all, host_of, register
from tests.peers.twice import harvest_twice

pytestmark = pytest.mark.timeout(1800)  # the first run installs the peer
RECORDS = len(collections())
PYCSW_QUIRKS = "prefix-with-token,token-zero-ends,dates-unreliable"


def source(url: str, **options: str) -> SourceConfig:
    return SourceConfig("engine", "oai_pmh", url, pace=0.0, options=options)


@pytest.mark.parametrize("incremental", ["false", "true"])
@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite"])
def test_oai_repo_gives_all_records_and_the_second_time_nothing_changes(
    prefix: str, incremental: str, oai_repo: str, catalogue_at: Catalogue
) -> None:
    workshop = catalogue_at(host_of(oai_repo))
    config = source(oai_repo, prefix=prefix, incremental=incremental)
    again = harvest_twice(workshop, config, records=RECORDS)
    assert again.counts.offered == (0 if incremental == "true" else RECORDS)


@pytest.mark.parametrize("incremental", ["false", "true"])
def test_pycsw_gives_all_records_by_its_quirks_and_the_second_time_nothing_changes(
    incremental: str, pycsw: str, catalogue_at: Catalogue
) -> None:
    workshop = catalogue_at(host_of(pycsw))
    config = source(pycsw, prefix="oai_dc", quirks=PYCSW_QUIRKS, incremental=incremental)
    again = harvest_twice(workshop, config, records=RECORDS)
    assert again.counts.offered == RECORDS  # its dates cannot be believed, so the list is read in full


@pytest.mark.parametrize("quirks", ["", "prefix-with-token"])
def test_pycsw_without_its_quirks_gives_no_proof_and_no_endless_list(
    quirks: str, pycsw: str, catalogue_at: Catalogue
) -> None:
    workshop = catalogue_at(host_of(pycsw))
    register(workshop, [source(pycsw, prefix="oai_dc", quirks=quirks)])
    run = harvest_all(workshop)["engine"]
    assert run.state is RunState.INCOMPLETE
    assert 0 < run.counts.new <= RECORDS
