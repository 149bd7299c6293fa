"""Which records an OAI-PMH node holds: collections, results made from some, and one that was deleted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from catalogue.sample.facts import Selection, analysis_results, collections
from catalogue.sample.items import Item, collection_item, result_item
from catalogue.sample.oai_pmh import Entry, Gone, Held, Repository
from catalogue.sample.payloads import Format
from harvesters.source import SourceConfig

# No collection has ever had this name: harvesting its header changes nothing.
_DELETED: Final = ("withdrawn_pilot", date(2024, 3, 1), "collections:cmb")


@dataclass(frozen=True, slots=True)
class OaiNode:
    """An OAI-PMH source names one set, hence two sources: the collections, and the results made from images.

    ``programmes`` are the titles of the sets below ``collections``.
    """

    id: str
    title: str
    results: str
    selection: Selection
    programmes: Mapping[str, str] = field(hash=False)

    @property
    def path(self) -> str:
        return f"/{self.id}/oai"

    def sources(self, address: str) -> tuple[SourceConfig, ...]:
        url, options = address + self.path, {"prefix": "oai_datacite", "set": "collections"}
        derived = {"prefix": "oai_datacite", "set": "analysis", "derived": "true"}
        return (
            SourceConfig(f"idc-{self.id}", "oai_pmh", url, self.title, pace=0.0, options=options),
            SourceConfig("idc-analysis", "oai_pmh", url, self.results, pace=0.0, options=derived),
        )

    def offered(self) -> Mapping[str, tuple[str, ...]]:
        return {
            f"idc-{self.id}": tuple(item.id for item in self.selection.of(collections())),
            "idc-analysis": tuple(item.id for item in analysis_results()),
        }

    def repository(self, address: str) -> Repository:
        below = {f"collections:{name}": title for name, title in self.programmes.items()}
        return Repository(
            address + self.path,
            self.title,
            domain=self._domain,
            sets={"collections": "Collections", **below, "analysis": "Analysis results"},
            entries=self._entries(),
        )

    @property
    def _domain(self) -> str:
        return f"{self.id}.node.example"

    def _entries(self) -> Iterator[Entry]:
        for collection in self.selection.of(collections()):
            yield self._held(collection_item(collection))
        for result in analysis_results():
            yield self._held(result_item(result))
        name, day, within = _DELETED
        yield Gone(f"oai:{self._domain}:{name}", day, within)

    def _held(self, item: Item) -> Held:
        def write(wanted: Format) -> str:
            return wanted.write(item)

        return Held(f"oai:{self._domain}:{item.id}", item.datestamp, item.set, write)
