"""Which errors the application raises, and with which HTTP status they are answered.

CatalogueError                  500
├── BadRequest                  400  names the parameter
│   ├── QueryRefused            400  SPARQL that is malformed or not allowed
│   ├── ResultTooLarge          400
│   └── QueryTooLong            413
├── NotFound                    404
├── Gone                        410
├── Conflict                    409
│   └── SourceBusy                  another process harvests it, or decides about it
├── SettingsInvalid             500
├── StoreUnavailable            503
│   ├── LedgerUnavailable
│   ├── GraphStoreUnavailable
│   ├── IndexUnavailable
│   └── QueriesUnavailable           no process is free for a query, or none runs
├── QueryStopped                503  it needed more memory than a query may have
│   └── QueryTooSlow            504
└── LeaseLost                   503  another process took the work over
"""

from typing import ClassVar


class CatalogueError(Exception):
    status: ClassVar[int] = 500
    title: ClassVar[str] = "The catalogue failed"


class BadRequest(CatalogueError):
    """A request that cannot be understood; ``parameter`` is the one to mend."""

    status = 400
    title = "The request cannot be understood"

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class QueryRefused(BadRequest):
    title = "The query cannot be answered"


class ResultTooLarge(BadRequest):
    title = "The result is too large"


class QueryTooLong(BadRequest):
    status = 413
    title = "The query is too long"


class NotFound(CatalogueError):
    status = 404
    title = "Nothing is here"


class Gone(CatalogueError):
    status = 410
    title = "This record was withdrawn"


class Conflict(CatalogueError):
    status = 409
    title = "The present state does not allow this"


class SourceBusy(Conflict):
    title = "The source is busy"


class SettingsInvalid(CatalogueError):
    title = "The settings are wrong"


class StoreUnavailable(CatalogueError):
    status = 503
    title = "A store does not answer"


class LedgerUnavailable(StoreUnavailable):
    title = "The ledger does not answer"


class GraphStoreUnavailable(StoreUnavailable):
    title = "The graph store does not answer"


class IndexUnavailable(StoreUnavailable):
    title = "The search index does not answer"


class QueriesUnavailable(StoreUnavailable):
    title = "All query processes are busy"


class QueryStopped(CatalogueError):
    status = 503
    title = "The query was stopped"


class QueryTooSlow(QueryStopped):
    status = 504
    title = "The query took too long"


class LeaseLost(CatalogueError):
    status = 503
    title = "Another process took the work over"
