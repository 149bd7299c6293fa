"""What the canonical form of a record depends on: what it says, and nothing else."""

import time
import tracemalloc
from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from catalogue.ingest.canonical import canonical_bytes, skolemised
from tests.catalogue.descriptions import IRI, KEY, own_names, quads_of

SAYS = NamedNode("https://node.example/says")
NEXT = NamedNode("https://node.example/next")
ROOT = NamedNode(IRI)

TWO_DISTRIBUTIONS = """
<> dct:title "Two files" ;
   dcat:distribution [ dct:title "Images" ; dct:rights [ dct:title "by request" ] ] ,
                     [ dct:title "%s" ] ;
   dcat:contactPoint [ foaf:name "Desk" ] .
"""


def canonical(quads: Sequence[Quad]) -> bytes:
    return canonical_bytes(skolemised(quads, subject=IRI, key=KEY))


def relabelled(quads: Sequence[Quad]) -> list[Quad]:
    """Other labels for the blank nodes, in another order."""
    labels = sorted({t.value for q in quads for t in (q.subject, q.object) if isinstance(t, BlankNode)})
    names = {label: BlankNode(f"n{len(labels) - place}") for place, label in enumerate(labels)}
    return [
        Quad(
            names[q.subject.value] if isinstance(q.subject, BlankNode) else q.subject,
            q.predicate,
            names[q.object.value] if isinstance(q.object, BlankNode) else q.object,
        )
        for q in quads
    ]


def linked(pairs: Sequence[tuple[int, int]]) -> list[Quad]:
    start = [Quad(ROOT, NEXT, BlankNode("b0"))]
    return start + [Quad(BlankNode(f"b{one}"), NEXT, BlankNode(f"b{other}")) for one, other in pairs]


def test_an_edit_of_one_distribution_renames_only_that_one() -> None:
    before = own_names(canonical(quads_of(TWO_DISTRIBUTIONS % "Tables")))
    after = own_names(canonical(quads_of(TWO_DISTRIBUTIONS % "Spreadsheets")))
    assert len(before) == len(after) == 4
    assert len(before & after) == 3


def test_an_edit_deep_inside_renames_only_the_nodes_above_it() -> None:
    turtle = '<> ex:a [ ex:b [ ex:c "%s" ] ; ex:d [ ex:e "same" ] ] ; ex:f [ ex:e "same" ] .'
    before, after = (own_names(canonical(quads_of(turtle % text))) for text in ("one", "other"))
    assert (len(before), len(before & after)) == (4, 2)


def test_names_lie_below_the_record_and_no_blank_node_is_left() -> None:
    found = canonical(quads_of(TWO_DISTRIBUTIONS % "Tables"))
    assert b"_:" not in found
    assert all(name.startswith(f"urn:catalogue:datasets/{KEY}#") for name in own_names(found))


def test_two_records_with_equal_distributions_do_not_share_a_node() -> None:
    quads = quads_of(TWO_DISTRIBUTIONS % "Tables")
    other = canonical_bytes(skolemised(quads, subject=IRI, key="zzzzzzzz2345"))
    assert not own_names(canonical(quads)) & own_names(other)


def test_other_labels_of_blank_nodes_change_nothing() -> None:
    quads = quads_of(TWO_DISTRIBUTIONS % "Tables")
    assert canonical(relabelled(quads)) == canonical(quads)


@given(st.permutations(quads_of(TWO_DISTRIBUTIONS % "Tables")))
def test_the_order_of_statements_never_matters(permuted: list[Quad]) -> None:
    assert canonical(permuted) == canonical(sorted(permuted, key=str))


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from("pq"), st.integers(0, 9), st.sampled_from("xy")),
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_trees_of_any_form_are_named_by_what_they_say(
    links: list[tuple[int, str, int, str]], random: Random
) -> None:
    """Links lead upwards only, hence no cycle; labels and order are drawn anew."""
    quads = [Quad(ROOT, NEXT, BlankNode("b0"))]
    for one, name, other, text in links:
        low, high = sorted((one, other))
        node = BlankNode(f"b{low}")
        target = BlankNode(f"b{high}") if low != high else Literal(text)
        quads.append(Quad(node, NamedNode(f"https://node.example/{name}"), target))
    shuffled = relabelled(quads)
    random.shuffle(shuffled)
    assert canonical(shuffled) == canonical(quads)


def test_equal_nodes_at_different_properties_stay_two() -> None:
    found = canonical(quads_of('<> dct:creator [ foaf:name "A" ] ; dct:publisher [ foaf:name "A" ] .'))
    assert len(own_names(found)) == 2


def test_equal_nodes_at_one_property_become_one() -> None:
    found = canonical(quads_of('<> dct:creator [ foaf:name "A" ] , [ foaf:name "A" ] .'))
    assert len(own_names(found)) == 1


def test_literals_that_differ_in_language_or_datatype_make_different_nodes() -> None:
    turtle = '<> ex:a [ ex:b "1" ] , [ ex:b "1"@en ] , [ ex:b "1"^^xsd:integer ] , [ ex:b <1> ] .'
    assert len(own_names(canonical(quads_of(turtle)))) == 4


def test_a_cycle_ends_and_keeps_its_nodes() -> None:
    quads = [*linked([(0, 1), (1, 2), (2, 0)]), Quad(BlankNode("b9"), SAYS, Literal("below no cycle"))]
    assert len(own_names(canonical(quads))) == 4


def test_a_node_that_points_to_itself_ends() -> None:
    assert len(own_names(canonical(linked([(0, 0)])))) == 1


def test_nine_fully_linked_blank_nodes_end_quickly() -> None:
    """RDFC-1.0 needs 40 s for these."""
    quads = linked([(one, other) for one in range(9) for other in range(9) if one != other])
    started = time.monotonic()
    assert len(own_names(canonical(quads))) == 9
    assert time.monotonic() - started < 2


def test_a_chain_of_ten_thousand_nodes_neither_recurses_nor_takes_the_square_of_its_length() -> None:
    quads = [
        *linked([(one, one + 1) for one in range(10_000)]),
        Quad(BlankNode("b10000"), SAYS, Literal("x")),
    ]
    tracemalloc.start()
    found = own_names(canonical(quads))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 10_001
    assert most < 100_000_000


def test_a_record_that_says_nothing_has_an_empty_form() -> None:
    assert canonical([]) == b""


def test_lines_stand_sorted_and_once() -> None:
    quads = quads_of('<> dct:title "b", "a", "c" .')
    lines = canonical_bytes(quads * 2).splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == 3
