"""What harvests and projections work with."""

from contextlib import ExitStack, closing

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
from catalogue.services.vocabulary import Vocabulary, in_force
from catalogue.settings import Settings
from catalogue.stores.oxigraph import OxigraphReader, OxigraphWriter
from harvesters.pauses import Paces
from ontologies.concepts import ConceptScheme


class Workshop:
    """What harvests and projections need. Stores are opened when first used: only the worker may write.

    All of it keeps the vocabulary it was made with, until ``take_up`` or ``renew_projections`` is called.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger = open_ledger(settings)
        self._paces = Paces()  # desks side by side keep one pace together
        self._vocabulary: Vocabulary | None = None
        self._preparation: Preparation | None = None
        self._projections: tuple[Projection, ...] = ()
        self._projected: ConceptScheme | None = None
        self._opened = ExitStack()

    @property
    def vocabulary(self) -> Vocabulary:
        return self._vocabulary or self.take_up()

    @property
    def scheme(self) -> ConceptScheme:
        return self.vocabulary.scheme

    @property
    def preparation(self) -> Preparation:
        if self._preparation is None:
            self._preparation = self.vocabulary.preparation(self.settings.base_url)
        return self._preparation

    def take_up(self) -> Vocabulary:
        """Let what is made from now on follow what curators have decided meanwhile."""
        folder = self.settings.data_dir / "concepts"
        found = in_force(self.ledger, folder=folder, earlier=self._vocabulary)
        if self._vocabulary is None or found.aligner is not self._vocabulary.aligner:
            self._preparation = None
        self._vocabulary = found
        return found

    @property
    def projections(self) -> tuple[Projection, ...]:
        """Raises ``StoreUnavailable`` while another process writes."""
        if not self._projections:
            vocabulary = self.vocabulary
            with ExitStack() as opened:
                self._projections = self._made_projections(vocabulary, opened)
                self._projected, self._opened = vocabulary.scheme, opened.pop_all()
        return self._projections

    def renew_projections(self) -> bool:
        """Close those of an earlier scheme, which nobody may be using; whether that was so."""
        scheme = self.take_up().scheme
        if not self._projections or self._projected is scheme:
            return False
        self._close_projections()
        return True

    def _made_projections(self, vocabulary: Vocabulary, opened: ExitStack) -> tuple[Projection, ...]:
        folder, scheme = self.settings.data_dir, vocabulary.scheme
        graph = opened.enter_context(closing(OxigraphWriter(folder / "graph")))
        index = opened.enter_context(closing(open_index_writer(self.settings, scheme)))
        apart = CheckerApart(scheme, shapes_folder(), additions=vocabulary.additions_file)
        checker = opened.enter_context(closing(apart))
        store = GraphStore(graph, OxigraphReader(folder / "graph"), folder / "graph" / "MADE_WITH")
        base_url = self.settings.base_url
        return (
            IndexProjection(self.ledger, index, scheme=scheme),
            GraphProjection(self.ledger, store, base_url=base_url, scheme=scheme),
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
        self._close_projections()
        self.ledger.close()

    def _close_projections(self) -> None:
        self._projections = ()
        self._opened.close()
