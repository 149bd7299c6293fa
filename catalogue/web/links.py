"""Which address everything has: the one place that makes URLs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from catalogue.model.query import SearchQuery, Selection
from catalogue.publishing.addresses import served
from catalogue.web.services import services

RDF_TYPES: Final = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nt": "application/n-triples",
}


@dataclass(frozen=True, slots=True)
class Links:
    """Paths for pages; ``absolute`` makes an address for machines of one."""

    base_url: str

    @property
    def mount(self) -> str:
        """The path below which the public address puts the catalogue, "" for the root of a host."""
        return urlsplit(self.base_url).path.rstrip("/")

    def absolute(self, path: str) -> str:
        return self.base_url + path.removeprefix(self.mount)

    def public(self, iri: str) -> str:
        """Write an IRI of ours as it is served; others stay as they are."""
        return served(iri, self.base_url)

    def home(self) -> str:
        return f"{self.mount}/"

    def about(self, section: str = "") -> str:
        return f"{self.mount}/about" + (f"#{section}" if section else "")

    def search(self, query: SearchQuery | None = None) -> str:
        return f"{self.mount}/search" + _question(query)

    def search_for(self, facet: str, value: str) -> str:
        return self.search(SearchQuery(facets={facet: Selection(values=(value,))}))

    def sparql(self, query: str = "", form: str = "html") -> str:
        """The endpoint, or the answer to a query; ``form`` is how the answer is written."""
        given = urlencode({"query": query, "format": form}) if query else ""
        return f"{self.mount}/sparql" + (f"?{given}" if given else "")

    def api_search(self, query: SearchQuery | None = None) -> str:
        return f"{self.mount}/api/v1/search" + _question(query)

    def api_dataset(self, key: str) -> str:
        return f"{self.mount}/api/v1/datasets/{quote(key, safe='')}"

    def dataset(self, key: str) -> str:
        return f"{self.mount}/datasets/{quote(key, safe='')}"

    def dataset_as(self, key: str, suffix: str) -> str:
        return f"{self.dataset(key)}.{suffix}"

    def catalogue(self, suffix: str, page: int = 1, snapshot: int | None = None) -> str:
        """A page of the feed, of the present list or of the one of a snapshot."""
        held = {} if snapshot is None else {"page": page, "snapshot": snapshot}
        return f"{self.mount}/catalog.{suffix}" + (f"?{urlencode(held)}" if held else "")

    def resolve(self, identifier: str) -> str:
        return f"{self.mount}/resolve?{urlencode({'id': identifier}, safe=':/')}"

    def concepts(self, **parameters: str) -> str:
        """All axes, or what the parameters look for."""
        return f"{self.mount}/concepts" + _parameters(parameters)

    def concept(self, code: str) -> str:
        return f"{self.mount}/concepts/{quote(code, safe='')}"

    def concept_as(self, code: str, suffix: str) -> str:
        """A concept, or by the name of an axis its whole scheme, as RDF."""
        return f"{self.concept(code)}.{suffix}"

    def api_concepts(self, **parameters: str) -> str:
        return f"{self.mount}/api/v1/concepts" + _parameters(parameters)

    def api_concept(self, code: str) -> str:
        return f"{self.mount}/api/v1/concepts/{quote(code, safe='')}"

    def api_mappings(self, **parameters: str) -> str:
        return f"{self.mount}/api/v1/mappings" + _parameters(parameters)

    def reconcile(self, part: str = "") -> str:
        return f"{self.mount}/reconcile{part}"

    def providers(self) -> str:
        return f"{self.mount}/providers"

    def provider(self, source: str) -> str:
        return f"{self.mount}/providers/{quote(source, safe='')}"

    def harvest_again(self, source: str) -> str:
        """Where a provider's token asks for a harvest."""
        return f"{self.provider(source)}/harvest"

    def harvest(self, **filters: str) -> str:
        """The dashboard, of all sources or of those that the filters leave."""
        return f"{self.mount}/admin/harvest" + _parameters(filters)

    def runs(self, **filters: str) -> str:
        return f"{self.mount}/runs" + _parameters(filters)

    def run(self, number: int, **parameters: str) -> str:
        return f"{self.mount}/runs/{number}" + _parameters(parameters)

    def missing(self, number: int, **parameters: str) -> str:
        """What approving a run that is held would withdraw."""
        return f"{self.mount}/runs/{number}/missing" + _parameters(parameters)

    def api_runs(self, **filters: str) -> str:
        return f"{self.mount}/api/v1/runs" + _parameters(filters)

    def api_run(self, number: int) -> str:
        return f"{self.mount}/api/v1/runs/{number}"

    def api_provider(self, source: str) -> str:
        return f"{self.mount}/api/v1/providers/{quote(source, safe='')}"

    def ping(self) -> str:
        return f"{self.mount}/ping"

    def problem(self, name: str) -> str:
        return self.absolute(self.about(f"problem-{name}"))

    def of_concept(self, code: str) -> dict[str, str]:
        return {
            "self": self.absolute(self.concept(code)),
            "api": self.absolute(self.api_concept(code)),
            **{suffix: self.absolute(self.concept_as(code, suffix)) for suffix in RDF_TYPES},
        }

    def of_dataset(self, key: str) -> dict[str, str]:
        """List what a machine may follow from a hit."""
        return {
            "self": self.absolute(self.dataset(key)),
            "api": self.absolute(self.api_dataset(key)),
            **{suffix: self.absolute(self.dataset_as(key, suffix)) for suffix in RDF_TYPES},
        }


def links() -> Links:
    return Links(services().base_url)


def _parameters(given: Mapping[str, str]) -> str:
    """Leave out what is empty: an address says only what it asks for."""
    told = {name: value for name, value in given.items() if value}
    return f"?{urlencode(told)}" if told else ""


def _question(query: SearchQuery | None) -> str:
    pairs = query.pairs() if query else []
    return "?" + urlencode(pairs, safe=":/.") if pairs else ""
