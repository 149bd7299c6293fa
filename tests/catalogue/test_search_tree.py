"""How facet values stand below one another, on a scheme of six concepts."""

import pytest

from catalogue.model.query import Selection
from catalogue.ports import FacetCounts, FacetValue
from catalogue.search.tree import Facet, facet_tree
from catalogue.search.vocabulary import Vocabulary
from ontologies.concepts import Axis, Concept, ConceptScheme


def _concept(code: str, *parents: str, hidden: bool = False) -> Concept:
    return Concept(
        code, f"urn:catalogue:concepts/{code}", Axis.CANCER, code.title(), parents=parents, hidden=hidden
    )


SCHEME = ConceptScheme(
    "test",
    [
        _concept("root"),
        _concept("grouping", "root", hidden=True),
        _concept("lung", "grouping"),
        _concept("carcinoma", "root"),
        _concept("luad", "lung", "carcinoma"),
        _concept("prad", "carcinoma"),
    ],
)


def _tree(*counted: tuple[str, int], chosen: tuple[str, ...] = ()) -> Facet:
    values = tuple(FacetValue(code=code, datasets=datasets, patients=0) for code, datasets in counted)
    counts = FacetCounts(values=values, missing=2)
    return facet_tree("cancer", counts, Selection(values=chosen), Vocabulary(SCHEME))


def test_a_grouping_that_nobody_browses_by_is_no_value() -> None:
    assert [node.code for node in _tree(("grouping", 9), ("lung", 9)).values] == ["lung"]


def test_a_hidden_value_stays_while_it_is_chosen() -> None:
    nodes = _tree(("grouping", 9), ("lung", 9), chosen=("grouping",)).values
    assert [(node.code, node.datasets, node.depth) for node in nodes] == [("grouping", 9, 0), ("lung", 9, 1)]


@pytest.mark.parametrize("datasets", [1, 8])
def test_of_two_parents_the_narrower_one_is_taken_whatever_is_counted(datasets: int) -> None:
    nodes = {node.code: node for node in _tree(("lung", 3), ("carcinoma", datasets), ("luad", 1)).values}
    assert nodes["luad"].parent == "lung"


def test_a_parent_that_is_not_counted_is_skipped() -> None:
    assert _tree(("carcinoma", 8), ("luad", 2)).values[1].parent == "carcinoma"


def test_siblings_are_ordered_by_datasets() -> None:
    assert [node.code for node in _tree(("lung", 3), ("carcinoma", 8)).values] == ["carcinoma", "lung"]


def test_not_stated_counts_as_chosen() -> None:
    assert _tree(("lung", 3), chosen=("lung", "missing")).chosen == 2
