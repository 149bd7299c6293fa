"""What the home page shows: totals, bars, providers, and what changed last."""

from dataclasses import dataclass
from typing import Final

from catalogue.model.query import SearchQuery
from catalogue.model.run import RunState
from catalogue.ports import Totals
from catalogue.search.page import SearchPage
from catalogue.search.tree import Facet
from catalogue.web.charts import Amount, Caption, Chart, bar_chart
from catalogue.web.hits import HitView, hit_view
from catalogue.web.links import Links
from catalogue.web.services import ProviderView
from ontologies.concepts import ConceptScheme

BARS: Final = 8
# More than are shown: what is fictional is passed over.
NEWEST: Final = SearchQuery(sort="-modified", size=50)

_SHOWN: Final = 3

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
    newest = [found for found in page.hits if not found.document.fictional][:_SHOWN]
    titles = {provider.id: provider.title for provider in providers}
    return HomeView(
        total=page.total,
        charts=charts,
        providers=provider_rows(providers),
        newest=tuple(hit_view(found, links, scheme, titles) for found in newest),
    )


def provider_rows(providers: tuple[ProviderView, ...]) -> tuple[ProviderRow, ...]:
    """What is invented comes last."""
    return tuple(provider_row(one) for one in sorted(providers, key=lambda one: one.fictional))


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
    stated = any(node.patients_stated is not None for node in most)
    name = facet.label.lower()
    every = "all patients of the datasets with it"
    both = f"Solid bar, bold number: patients stated to have it. Faint bar, grey number: {every}."
    caption = Caption(
        title=f"Patients by {name}",
        note=f"{both if stated else every.capitalize() + '.'} {note}",
        heading=facet.label,
        unit="Patients with it" if stated else "",
        whole_unit="Patients in datasets",
    )
    amounts = (
        Amount(node.label, node.patients_stated, links.search_for(facet.name, node.code), node.patients)
        for node in most
        if node.patients
    )
    return bar_chart(amounts, caption, style=style)
