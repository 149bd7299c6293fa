"""What one harvest at a time works with: a session, a sandbox, and what prepares records."""

from pathlib import Path

from catalogue.ingest.preparing import Preparing
from catalogue.ingest.record import Preparation
from catalogue.settings import Settings
from harvesters.parsing import Sandbox
from harvesters.pauses import Paces
from harvesters.source import Source, SourceConfig
from harvesters.sources import make_source
from harvesters.transport import Transport, TransportLimits


class Desk:
    """For one thread; ``memory`` is the folder of answers that need not be sent twice, None for no memory."""

    def __init__(
        self, settings: Settings, preparation: Preparation, *, memory: Path | None, paces: Paces | None = None
    ) -> None:
        self._sandbox = Sandbox(seconds=settings.parse_seconds, megabytes=settings.parse_megabytes)
        self._processes = settings.ingest_processes
        self.preparing = Preparing(preparation, processes=self._processes)
        self._uploads = settings.data_dir / "sheets"
        self.transport = Transport(
            allowed_private_hosts=settings.allowed_private_hosts,
            contact=settings.contact,
            limits=_limits(settings),
            memory=memory,
            secrets=settings.secrets,
            proxy=settings.proxy,
            ca_bundle=settings.ca_bundle,
            paces=paces,
        )

    def source(self, config: SourceConfig, *, remembers: bool = True) -> Source:
        """``remembers``: answers that the source says still hold need not be sent again."""
        transport = self.transport.for_source(config, remembers=remembers)
        return make_source(config, transport, self._sandbox, uploads=self._uploads)

    def take_up(self, preparation: Preparation) -> None:
        """From now on prepare by these rules; nobody may be harvesting here."""
        if preparation is not self.preparing.rules:
            self.preparing.close()
            self.preparing = Preparing(preparation, processes=self._processes)

    def close(self) -> None:
        self.preparing.close()
        self._sandbox.close()
        self.transport.close()


def _limits(settings: Settings) -> TransportLimits:
    return TransportLimits(
        connect_seconds=settings.connect_seconds,
        read_seconds=settings.read_seconds,
        answer_seconds=settings.answer_seconds,
        pause_seconds=settings.longest_pause_seconds,
        tries=settings.request_tries,
    )
