"""What can go wrong at a provider, and whether trying again helps: the type says it.

HarvestError
├── Stopped                 somebody asked for the end of the run, or its time is up
├── Transient               try again later
│   ├── ProviderUnreachable     no connection, no name, cut off
│   ├── ProviderTimeout         connected, then silent or too slow
│   └── ProviderBusy            429, 5xx; may carry when to come back
└── Terminal                trying again gives the same
    ├── AddressRefused          not http(s), a private address, a foreign host
    ├── ProviderRefuses         401, 403, 404, 410 and other 4xx
    ├── NotMetadata             an answer that is no RDF (a login page, say) or does not parse
    ├── LimitReached            bytes, pages, records, triples, depth, time of a parse
    └── RecordRejected          one record that cannot be taken in
"""


class HarvestError(Exception):
    """One sentence that a node's operator understands, naming the address.

    ``retry_after`` are the seconds that the provider asked us to wait, None where it did not.
    """

    retry_after: float | None = None


class Stopped(HarvestError): ...


class Transient(HarvestError):
    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ProviderUnreachable(Transient):
    pass


class ProviderTimeout(Transient): ...


class ProviderBusy(Transient): ...


class Terminal(HarvestError): ...


class AddressRefused(Terminal): ...


class ProviderRefuses(Terminal):
    """``status`` is the HTTP status, 0 where the refusal was said in another way.

    ``body`` is what came with it, where that is XML: some repositories say so what they refuse (OAI-PMH).
    """

    def __init__(self, message: str, *, status: int = 0, body: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class NotMetadata(Terminal): ...


class LimitReached(Terminal): ...


class RecordRejected(Terminal): ...
