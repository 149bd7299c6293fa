"""What a SPARQL query looks like that may reach a store."""

from dataclasses import InitVar, dataclass
from enum import Enum
from typing import Final, final

# Only catalogue.sparql.admission may take it: whoever holds it says that a text was checked.
_SEAL: Final = object()


class QueryKind(Enum):
    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def gives_graph(self) -> bool:
        return self in {QueryKind.CONSTRUCT, QueryKind.DESCRIBE}


@final
@dataclass(frozen=True, slots=True)
class AdmittedQuery:
    """Made by ``catalogue.sparql.admission.admit`` alone, so that no unchecked text reaches an engine.

    ``default_graphs`` and ``named_graphs`` are those of the SPARQL protocol; without either the default
    graph is the union of all.
    """

    text: str
    kind: QueryKind
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("an AdmittedQuery is made by catalogue.sparql.admission.admit alone")
