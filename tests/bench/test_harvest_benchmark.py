"""``catalogue bench harvest``: the figures are there and are of what they say."""

import json

import pytest
from typer.testing import CliRunner

from catalogue.bench.stages import UNTIL_VISIBLE
from catalogue.cli.app import app


@pytest.mark.parametrize("kind", ["oai", "dcat"])
def test_a_generated_node_is_harvested_three_times_and_looked_at_by_stages(kind: str) -> None:
    answer = CliRunner().invoke(app, ["bench", "harvest", "--kind", kind, "--records", "30", "--json"])
    assert answer.exit_code == 0, answer.output
    (found,) = json.loads(answer.stdout)
    harvested, stages = found["harvested"], found["stages"]
    assert harvested["kind"] == kind
    assert [one["records"] for one in harvested["timings"]] == [30, 30, 30, 30]
    assert harvested["timings"][0]["ratio"] == 1.0
    assert harvested["timings"][1]["seconds"] >= harvested["timings"][0]["seconds"]
    assert harvested["revised"] == 1
    assert 0 < harvested["megabytes"] < 400
    assert sum(one["share"] for one in stages if one["name"] in UNTIL_VISIBLE) == pytest.approx(1.0)
