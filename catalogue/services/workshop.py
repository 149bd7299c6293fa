"""What harvests and projections work with."""

from collections.abc import Callable
from functools import cached_property

from catalogue.ingest.record import Preparation
from catalogue.ingest.spools import RunSpools
from catalogue.maintenance.doctor import Examined
from catalogue.projections.follower import Projection
from catalogue.projections.graph import GraphProjection, GraphStore
from catalogue.projections.index import IndexProjection
from catalogue.projections.quality import QualityProjection
from catalogue.quality.apart import CheckerApart
from catalogue.resources import shapes_folder
from catalogue.services.adapters import FOLLOWERS, open_index_reader, open_index_writer, open_ledger
from catalogue.services.desk import Desk
from catalogue.settings import Settings
from catalogue.stores.oxigraph import OxigraphReader, OxigraphWriter
from harvesters.pauses import Paces
from ontologies.aligner import load_aligner
from ontologies.concepts import ConceptScheme
from ontologies.own_scheme import load_scheme


class Workshop:
    """What harvests and projections need. Stores are opened when first used: only the worker may write."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger = open_ledger(settings)
        self._paces = Paces()  # desks side by side keep one pace together
        self._opened: list[Callable[[], None]] = []

    @cached_property
    def scheme(self) -> ConceptScheme:
        return load_scheme()

    @cached_property
    def preparation(self) -> Preparation:
        return Preparation(self.scheme, load_aligner(self.scheme), base_url=self.settings.base_url)

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """Raises ``StoreUnavailable`` while another process writes."""
        folder = self.settings.data_dir
        graph = OxigraphWriter(folder / "graph")
        self._opened.append(graph.close)
        index = open_index_writer(self.settings, self.scheme)
        self._opened.append(index.close)
        checker = CheckerApart(self.scheme, shapes_folder())
        self._opened.append(checker.close)
        store = GraphStore(graph, OxigraphReader(folder / "graph"), folder / "graph" / "MADE_WITH")
        base_url = self.settings.base_url
        return (
            IndexProjection(self.ledger, index, scheme=self.scheme),
            GraphProjection(self.ledger, store, base_url=base_url, scheme=self.scheme),
            # Last: checking takes its time, and searches must not wait for it.
            QualityProjection(self.ledger, graph, checker, base_url=base_url),
        )

    def desk(self, *, remembers: bool = True) -> Desk:
        """A new place to harvest at; whoever asks closes it."""
        memory = self.settings.data_dir / "answers" if remembers else None
        return Desk(self.settings, self.preparation, memory=memory, paces=self._paces)

    @property
    def spools(self) -> RunSpools:
        return RunSpools(self.settings.data_dir / "spool", self.ledger)

    def examined(self) -> Examined:
        return Examined(
            ledger=self.ledger,
            graph=OxigraphReader(self.settings.data_dir / "graph"),
            index=open_index_reader(self.settings, self.scheme),
            scheme=self.scheme,
            base_url=self.settings.base_url,
            followers=FOLLOWERS,
        )

    def close(self) -> None:
        while self._opened:
            self._opened.pop()()
        self.ledger.close()
