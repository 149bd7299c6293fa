"""The bundled sample, over HTTP, through the same code as any provider."""

import pytest

from catalogue.model.run import RunCounts, RunState
from catalogue.sample.totals import expected
from tests.flow.flows import Catalogue, Sources, assert_agreed, found, harvest_all, host_of, register, state


def test_totals_equal_those_of_the_facts(any_catalogue_at: Catalogue, sample_sources: Sources) -> None:
    workshop = any_catalogue_at(host_of(sample_sources[0].url))
    register(workshop, sample_sources)
    runs = harvest_all(workshop)
    wanted = expected()
    print(f"\n{'source':16} offered harvested rejected")
    for name, run in runs.items():
        print(f"{name:16} {run.counts.offered:7} {run.counts.new:9} {run.counts.rejected:8}  {run.message}")
        assert (run.state, run.counts.new) == (RunState.DONE, wanted.offered[name])
    total = found(workshop).total
    print(f"{total.datasets} datasets; {total.patients:,} patients, {total.studies:,} studies of people")
    assert (total.patients, total.studies, total.patients_unknown) == (wanted.patients, wanted.studies, 0)
    assert total.datasets == wanted.distinct == sum(wanted.offered.values()) - wanted.duplicates
    assert_agreed(workshop)


def test_harvesting_again_writes_nothing(any_catalogue_at: Catalogue, sample_sources: Sources) -> None:
    workshop = any_catalogue_at(host_of(sample_sources[0].url))
    register(workshop, sample_sources)
    harvest_all(workshop)
    before, generation = state(workshop), workshop.examined().graph.generation()
    runs = harvest_all(workshop)
    for run in runs.values():
        offered = run.counts.offered
        assert run.state is RunState.UNCHANGED
        assert run.counts == RunCounts(offered=offered, unchanged=offered)
    assert state(workshop) == before
    assert workshop.examined().graph.generation() == generation


@pytest.mark.parametrize(
    ("pairs", "datasets"),
    [
        ([("cancer", "CLIN1000065"), ("modality", "CT")], {"LIDC-IDRI", "NSCLC-Radiomics", "TCGA-LUAD"}),
        ([("cancer", "CLIN1000060"), ("patients", "500..")], {"TCGA-BRCA", "Duke-Breast-Cancer-MRI"}),
    ],
)
def test_people_find_datasets_by_cancer_modality_and_patients(
    any_catalogue_at: Catalogue, sample_sources: Sources, pairs: list[tuple[str, str]], datasets: set[str]
) -> None:
    workshop = any_catalogue_at(host_of(sample_sources[0].url))
    register(workshop, sample_sources)
    harvest_all(workshop)
    titles = {hit.document.title for hit in found(workshop, *pairs, ("size", "100")).hits}
    assert datasets <= titles
