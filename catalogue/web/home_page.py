"""What the home page shows: totals, bars, providers, and what changed last."""

from dataclasses import dataclass
from typing import Final

from catalogue.model.query import SearchQuery
from catalogue.model.run import RunState
from catalogue.ports import Totals
from catalogue.search.page import SearchPage
from catalogue.search.tree import Facet
from catalogue.web.charts import Amount, Chart, bar_chart
from catalogue.web.hits import HitView, hit_view
from catalogue.web.links import Links
from catalogue.web.services import ProviderView
from ontologies.concepts import ConceptScheme

BARS: Final = 8
NEWEST: Final = SearchQuery(sort="-modified", size=3)

_FAILED: Final = {RunState.FAILED, RunState.INCOMPLETE}


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """``state`` is a class of the theme, ``word`` says it; a provider without a success is never fresh."""

    provider: ProviderView
    state: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """The data of ``home.html``."""

    total: Totals
    charts: tuple[Chart, ...]
    providers: tuple[ProviderRow, ...]
    newest: tuple[HitView, ...]

    @property
    def fresh(self) -> int:
        return sum(row.state == "state-good" for row in self.providers)


def home_view(
    page: SearchPage, providers: tuple[ProviderView, ...], links: Links, scheme: ConceptScheme
) -> HomeView:
    charts = (
        _patients_by(
            page.facets["cancer"], "ax-cancer", links, "A dataset of several types stands in each of them."
        ),
        _patients_by(
            page.facets["modality"], "ax-modality", links, "A dataset of several modalities stands in each."
        ),
    )
    titles = {provider.id: provider.title for provider in providers}
    return HomeView(
        total=page.total,
        charts=charts,
        providers=tuple(provider_row(provider) for provider in providers),
        newest=tuple(hit_view(found, links, scheme, titles) for found in page.hits),
    )


def provider_row(provider: ProviderView) -> ProviderRow:
    state = provider.last_run_state
    if state in _FAILED and provider.last_success:
        return ProviderRow(provider, "state-warn", "exclamation-triangle", "last harvest failed")
    if state in _FAILED:
        return ProviderRow(provider, "state-bad", "x-octagon", "never harvested whole")
    if provider.last_success:
        return ProviderRow(provider, "state-good", "check-circle", "fresh")
    return ProviderRow(provider, "", "hourglass-split", "waiting for its first harvest")


def _patients_by(facet: Facet, style: str, links: Links, note: str) -> Chart:
    """Draw the top of the tree only: a narrower value's patients are in its broader one's bar."""
    top = [node for node in facet.values if node.parent is None]
    most = sorted(top, key=lambda node: (-node.patients, node.label))[:BARS]
    name = facet.label.lower()
    return bar_chart(
        (
            Amount(node.label, node.patients, links.search_for(facet.name, node.code))
            for node in most
            if node.patients
        ),
        title=f"Patients by {name}",
        note=f"All patients of the datasets with it. {note}",
        heading=facet.label,
        unit="Patients in datasets",
        style=style,
    )
