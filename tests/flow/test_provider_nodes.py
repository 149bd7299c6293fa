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

# Kind, path, and options of ``catalogue source add``.
NODES = {
    "tcga": ("dcat", "tcga/catalog.ttl", ()),
    "community": ("dcat", "community/catalog.jsonld", ()),
    "cptac": ("dcat", "cptac/catalog.rdf", ()),
    "htan": ("dcat", "htan/catalog.nt", ()),
    "preclinical": ("dcat", "preclinical/catalog.jsonld", ()),
    "fdp": ("fdp", "fdp", ()),
    "trials": ("oai_pmh", "trials/oai", ("prefix=oai_datacite",)),
    "analysis": ("oai_pmh", "analysis/oai", ("prefix=oai_datacite", "derived=true")),
}
DISTINCT = 205
WRITES = ("versions", "changes", "graph_writes", "index_writes")


def catalogue(folder: Path, host: str, *arguments: str) -> str:
    """What a command prints on standard output."""
    settings = {"CATALOGUE_DATA_DIR": str(folder), "CATALOGUE_ALLOWED_PRIVATE_HOSTS": host}
    command = [sys.executable, "-m", "catalogue", *arguments]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def add(folder: Path, address: str, node: str) -> None:
    kind, path, options = NODES[node]
    arguments = ["--kind", kind, "--url", f"{address}/{path}", "--pace", "0"]
    for option in options:
        arguments += ["--option", option]
    catalogue(folder, host_of(address), "source", "add", node, *arguments)


@pytest.mark.parametrize("node", NODES)
def test_a_node_gives_its_datasets_and_patients(
    node: str, provider_nodes: str, shared_data: Path, tmp_path: Path
) -> None:
    wanted = json.loads((shared_data / "providers" / "expected.json").read_text())[node]
    host = host_of(provider_nodes)
    add(tmp_path, provider_nodes, node)
    (run,) = json.loads(catalogue(tmp_path, host, "harvest", node, "--json"))
    assert (run["state"], run["counts"]["new"], run["counts"]["rejected"]) == ("done", wanted["datasets"], 0)
    assert _patients_published(tmp_path) == wanted["patients_published"]
    (again,) = json.loads(catalogue(tmp_path, host, "harvest", node, "--json"))
    assert again["state"] == "unchanged"
    assert json.loads(catalogue(tmp_path, host, "doctor", "--json"))["agreed"]


def test_all_nodes_hold_205_distinct_datasets(provider_nodes: str, tmp_path: Path) -> None:
    host = host_of(provider_nodes)
    for node in NODES:
        add(tmp_path, provider_nodes, node)
    first = json.loads(catalogue(tmp_path, host, "harvest", "--all", "--json"))
    assert sum(run["counts"]["new"] for run in first) == DISTINCT + 5
    with open_ledger(Settings(data_dir=tmp_path)) as ledger:
        assert (ledger.count_live(), ledger.count_distinct()) == (DISTINCT + 5, DISTINCT)
    second = json.loads(catalogue(tmp_path, host, "harvest", "--all", "--json"))
    written = {name: sum(run["counts"][name] for run in second) for name in WRITES}
    assert written == dict.fromkeys(WRITES, 0)
    assert json.loads(catalogue(tmp_path, host, "doctor", "--json"))["agreed"]


def _patients_published(folder: Path) -> int:
    """The sum of the patients that records state, animals and phantoms too."""
    with open_ledger(Settings(data_dir=folder)) as ledger:
        datasets = [read_dataset(one.key, one.subject, one.triples) for one in ledger.iterate_published()]
    return sum(dataset.counts.patients or 0 for dataset in datasets)
