"""Reading OncoTree's JSON: a tree of tumour types by tissue."""

from collections.abc import Iterator

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from ontologies.releases.codes import iri_of_code, system_code
from ontologies.releases.terms import Limits, ReleaseRefused, Term
from ontologies.releases.wording import plain


class _Node(BaseModel):
    code: str = Field(pattern=r"^[A-Za-z0-9_/+-]{1,40}$")
    name: str
    references: dict[str, list[str]] = Field(default={}, alias="externalReferences")
    children: "dict[str, _Node]" = {}
    history: list[str] = []
    precursors: list[str] = []


_TREE = TypeAdapter(dict[str, _Node])


def read_oncotree(content: bytes, limits: Limits) -> tuple[Term, ...]:
    """Raises ``ReleaseRefused`` for JSON that is no OncoTree. Its root, "Tissue", is no term."""
    try:
        roots = _TREE.validate_json(content)
    except ValidationError as error:
        found = error.errors()[0]
        place = ".".join(map(str, found["loc"]))[-100:]
        raise ReleaseRefused(f"this is no OncoTree: {found['msg']} at {place or 'the top'}") from error
    terms: list[Term] = []
    for root in roots.values():
        for term in _terms(root):
            terms.append(term)
            if len(terms) > limits.terms:
                raise ReleaseRefused(f"the file has more than {limits.terms:,} terms")
    return tuple(terms)


def _terms(root: _Node) -> Iterator[Term]:
    open_ends = [(child, "") for child in root.children.values()]
    while open_ends:
        node, parent = open_ends.pop()
        yield _term(node, parent)
        open_ends += [(child, node.code) for child in node.children.values()]


def _term(node: _Node, parent: str) -> Term:
    """Codes that a node had earlier are its own; precursors were several, each meaning less."""
    code = f"ONCOTREE:{node.code}"
    written = [(system, each) for system, codes in node.references.items() for each in codes]
    codes = [system_code(system, each) for system, each in written]
    codes += [f"ONCOTREE:{each}" for each in node.history]
    return Term(
        iri=iri_of_code(code),
        code=code,
        label=plain(node.name),
        parents=(iri_of_code(f"ONCOTREE:{parent}"),) if parent else (),
        codes=tuple(dict.fromkeys(each for each in codes if each)),
    )
