"""The canonical form of a record: no blank nodes, sorted lines, one hash.

RDFC-1.0's labels shift when anything is edited; here a blank node is named after the record, the path that
leads to it and the SHA-256 of what it says, so that only what changed gets another name.
"""

import hashlib
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, parse, serialize

from catalogue.profile.terms import OWN

Node = NamedNode | BlankNode


def parse_triples(triples: bytes) -> list[Quad]:
    return list(parse(triples, format=RdfFormat.N_TRIPLES))


def canonical_bytes(quads: Iterable[Quad]) -> bytes:
    """Sorted N-Triples, each line once, in UTF-8."""
    text = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(set(text.splitlines(keepends=True))))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def skolemised(quads: Sequence[Quad], *, subject: str, key: str) -> list[Quad]:
    """The same statements with an IRI for each blank node, below ``urn:catalogue:datasets/{key}#``."""
    hashes = _closure_hashes(quads)
    if not hashes:
        return list(quads)
    paths = _paths(quads, subject)

    def name(node: BlankNode) -> NamedNode:
        digest = sha256(f"{paths.get(node, '')} {hashes[node]}".encode())
        return NamedNode(f"{OWN}datasets/{key}#{digest[:16]}")

    names = {node: name(node) for node in hashes}

    def named(quad: Quad) -> Quad:
        about, value = quad.subject, quad.object
        if not isinstance(about, BlankNode) and not isinstance(value, BlankNode):
            return quad
        return Quad(
            names[about] if isinstance(about, BlankNode) else about,
            quad.predicate,
            names[value] if isinstance(value, BlankNode) else value,
        )

    return [named(quad) for quad in quads]


def _closure_hashes(quads: Sequence[Quad]) -> dict[BlankNode, str]:
    """A hash of what each blank node says, nested nodes by their own hash; linear and without recursion.

    Nodes in or above a cycle fall back on their canonical label: such records are rare, and only there may
    an edit rename a neighbour.
    """
    statements: dict[BlankNode, list[Quad]] = defaultdict(list)
    users: dict[BlankNode, list[BlankNode]] = defaultdict(list)
    waiting: dict[BlankNode, int] = defaultdict(int)
    for quad in quads:
        about, value = quad.subject, quad.object
        if isinstance(value, BlankNode):
            statements.setdefault(value, [])
        if isinstance(about, BlankNode):
            statements[about].append(quad)
            if isinstance(value, BlankNode):
                users[value].append(about)
                waiting[about] += 1
    hashes: dict[BlankNode, str] = {}
    ready = deque(node for node in statements if not waiting[node])
    while ready:
        node = ready.popleft()
        hashes[node] = sha256("\n".join(sorted(_line(quad, hashes) for quad in statements[node])).encode())
        for user in users[node]:
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    for node in statements:
        hashes.setdefault(node, sha256(f"cycle {node.value}".encode()))
    return hashes


def _line(quad: Quad, hashes: dict[BlankNode, str]) -> str:
    target = quad.object
    return f"{quad.predicate} {hashes[target] if isinstance(target, BlankNode) else target}"


def _paths(quads: Sequence[Quad], subject: str) -> dict[Node, str]:
    """A hash of the shortest path of predicates from the record to each node, the least of equal ones.

    Hashes, for the paths of a long chain would together take the square of its length.
    """
    links: dict[Node, list[tuple[str, Node]]] = defaultdict(list)
    for quad in quads:
        about, value = quad.subject, quad.object
        if isinstance(value, NamedNode | BlankNode) and isinstance(about, NamedNode | BlankNode):
            links[about].append((quad.predicate.value, value))
    root = NamedNode(subject)
    paths: dict[Node, str] = {root: ""}
    level: list[Node] = [root]
    while level:
        found: dict[Node, str] = {}
        for node in level:
            for predicate, target in links[node]:
                if target not in links and isinstance(target, NamedNode):
                    continue  # it has a name and leads nowhere
                path = sha256(f"{paths[node]}/{predicate}".encode())
                if target not in paths and path < found.get(target, "\uffff"):
                    found[target] = path
        paths |= found
        level = list(found)
    return paths
