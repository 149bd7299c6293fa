"""The shared provider nodes, registered on the command line and harvested over HTTP."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalogue.profile.reader import read_dataset
from catalogue.services import open_ledger
from catalogue.settings import Settings
from tests.flow.flows import host_of

DCAT_NODES = {
    "tcga": "tcga/catalog.ttl",
    "community": "community/catalog.jsonld",
    "cptac": "cptac/catalog.rdf",
    "htan": "htan/catalog.nt",
    "preclinical": "preclinical/catalog.jsonld",
}


def catalogue(folder: Path, host: str, *arguments: str) -> str:
    """What a command prints on standard output."""
    settings = {"CATALOGUE_DATA_DIR": str(folder), "CATALOGUE_ALLOWED_PRIVATE_HOSTS": host}
    command = [sys.executable, "-m", "catalogue", *arguments]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("node", DCAT_NODES)
def test_a_node_gives_its_datasets_and_patients(
    node: str, provider_nodes: str, shared_data: Path, tmp_path: Path
) -> None:
    wanted = json.loads((shared_data / "providers" / "expected.json").read_text())[node]
    host = host_of(provider_nodes)
    url = f"{provider_nodes}/{DCAT_NODES[node]}"
    catalogue(tmp_path, host, "source", "add", node, "--kind", "dcat", "--url", url, "--pace", "0")
    (run,) = json.loads(catalogue(tmp_path, host, "harvest", node, "--json"))
    assert (run["state"], run["counts"]["new"], run["counts"]["rejected"]) == ("done", wanted["datasets"], 0)
    assert _patients_published(tmp_path) == wanted["patients_published"]
    (again,) = json.loads(catalogue(tmp_path, host, "harvest", node, "--json"))
    assert again["state"] == "unchanged"
    assert json.loads(catalogue(tmp_path, host, "doctor", "--json"))["agreed"]


def _patients_published(folder: Path) -> int:
    """The sum of the patients that records state, animals and phantoms too."""
    with open_ledger(Settings(data_dir=folder)) as ledger:
        datasets = [read_dataset(one.key, one.subject, one.triples) for one in ledger.iterate_published()]
    return sum(dataset.counts.patients or 0 for dataset in datasets)
