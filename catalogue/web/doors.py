"""Which doors machines have into the catalogue, with an example of each."""

from dataclasses import dataclass
from typing import Final

from catalogue.model.query import SearchQuery, Selection, Span
from catalogue.web.links import Links

# Lung cancer and CT, in datasets of fifty patients or more.
_SEARCH: Final = SearchQuery(
    facets={"cancer": Selection(values=("CLIN1000065",)), "modality": Selection(values=("IMG1000042",))},
    ranges={"patients": Span(least=50)},
)
_QUERY: Final = "SELECT ?dataset ?title WHERE { ?dataset a dcat:Dataset ; dct:title ?title } LIMIT 10"


@dataclass(frozen=True, slots=True)
class Door:
    """``link`` is the example, to be followed as it stands; "" where there is no dataset to show it on."""

    name: str
    what: str
    link: str


def doors(links: Links, example: str) -> tuple[Door, ...]:
    """``example`` is any dataset's key, "" in an empty catalogue."""
    return (
        Door("REST", "Every search as JSON, with the parameters of its page.", links.api_search(_SEARCH)),
        Door(
            "SPARQL",
            "All records, concepts and mappings as one graph: SPARQL 1.1, read only.",
            links.sparql(_QUERY, "json"),
        ),
        Door(
            "Feed",
            "The whole catalogue as DCAT, page by page (Hydra): .ttl, .jsonld, .rdf or .nt.",
            links.catalogue("ttl"),
        ),
        Door(
            "Resolve",
            "A DOI, a handle, the provider’s own address or a key leads to the dataset.",
            links.resolve(example) if example else "",
        ),
        Door(
            "One record",
            "A dataset’s address gives RDF to who asks for it (Accept: text/turtle), or with .ttl, .jsonld, "
            ".rdf or .nt at its end.",
            links.dataset_as(example, "ttl") if example else "",
        ),
        Door(
            "Concepts",
            "What values can mean: found by name, code or synonym; each by its code. Their own addresses "
            "give RDF, the name of an axis (/concepts/cancer.ttl) its whole scheme.",
            links.api_concepts(q="lung carcinoma"),
        ),
        Door(
            "Mappings",
            "Which words were taken for which concept, and why: JSON, or SSSOM with format=sssom.",
            links.api_mappings(axis="cancer", q="lung"),
        ),
        Door(
            "Reconcile",
            "OpenRefine turns a column of words into concepts here (Reconciliation Service API 0.2).",
            links.reconcile(),
        ),
        Door(
            "Harvests",
            "Every run of every provider as JSON, and what is to be mended. A provider’s own FAIR Data Point "
            "asks for its harvest by POST to /ping with {“clientUrl”: …} and its token.",
            links.api_runs(),
        ),
    )
