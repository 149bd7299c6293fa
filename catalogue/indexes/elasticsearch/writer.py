"""How the cluster's index follows the ledger: documents, then the watermark, then the view of readers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from elasticsearch import ConflictError, NotFoundError
from elasticsearch.helpers import streaming_bulk

from catalogue.errors import IndexUnavailable
from catalogue.indexes.elasticsearch import layout
from catalogue.indexes.elasticsearch.failures import Cluster
from catalogue.ports import Document, DocumentChange, DropDocument, IndexSettings, PutDocument

_RETRIES: Final = 5
_CHUNK: Final = 500
_CHUNK_BYTES: Final = 10_000_000
_NOT_FOUND: Final = 404

_Action = dict[str, object]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ElasticsearchWriter:
    """An index of other settings is left to its readers until the first ``apply`` or ``rebuild``.

    The cluster locks nothing, and the ledger's lease lets one worker write. A writer that was overtaken all
    the same finds the watermark changed by another, and is refused until it has asked for it again.
    """

    def __init__(
        self, url: str, settings: IndexSettings, prefix: str, *, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._cluster = Cluster(url)
        self._client = self._cluster.client
        self._settings = settings
        self._names = layout.index_names(prefix, settings)
        self._now = now
        with self._cluster.failures():
            self._client.cluster.health()
            # A writer that was killed may have left changes that no reader sees yet.
            self._client.indices.refresh(index=self._names.alias, ignore_unavailable=True)
            self._known = self._mark()

    def watermark(self) -> int:
        with self._cluster.failures():
            self._known = self._mark()
        return self._known.watermark if self._known else 0

    def apply(self, changes: Iterable[DocumentChange], *, watermark: int) -> None:
        actions = {_key(change): self._action(change) for change in changes}
        with self._cluster.failures():
            if self._mark() != self._known:
                raise IndexUnavailable(
                    f"another writer has changed the search index at {self._cluster.shown}; "
                    "this one begins again from its watermark"
                )
            if self._known is None:
                self._build(iter(actions.values()), watermark)
            else:
                self._send(self._known.index, iter(actions.values()))
                self._known = self._marked(self._known, watermark)
                self._client.indices.refresh(index=self._known.index)

    def rebuild(self, documents: Iterable[Document], *, watermark: int) -> None:
        with self._cluster.failures():
            self._build((self._put(document) for document in documents), watermark)

    def close(self) -> None:
        self._client.close()

    def _build(self, actions: Iterator[_Action], watermark: int) -> None:
        """Fill a new index and put it in the place of all others in one step."""
        index = self._names.version(self._now())
        self._client.indices.create(
            index=index, settings=layout.INDEX_SETTINGS, mappings=layout.mappings(self._settings)
        )
        try:
            self._send(index, actions)
            known = self._marked(_Mark(index), watermark)
            self._client.indices.refresh(index=index)
            self._show(index)
        except BaseException:
            self._client.indices.delete(index=index, ignore_unavailable=True)
            raise
        self._known = known

    def _show(self, index: str) -> None:
        found = self._client.indices.get(index=self._names.pattern)
        others = [name for name in found if self._names.is_version(name) and name != index]
        self._client.indices.update_aliases(
            actions=[
                {"add": {"index": index, "alias": self._names.alias}},
                *({"remove_index": {"index": other}} for other in others),
            ]
        )

    def _send(self, index: str, actions: Iterator[_Action]) -> None:
        """Raises ``IndexUnavailable`` if the index refuses one."""
        answers = streaming_bulk(
            self._client,
            actions,
            index=index,
            chunk_size=_CHUNK,
            max_chunk_bytes=_CHUNK_BYTES,
            max_retries=_RETRIES,
            raise_on_error=False,
        )
        refused = [refusal for accepted, answer in answers if not accepted and (refusal := _refusal(answer))]
        if refused:
            raise IndexUnavailable(
                f"Elasticsearch at {self._cluster.shown} refused {len(refused)} documents,"
                f" among them {refused[0]}"
            )

    def _mark(self) -> "_Mark | None":
        """Read how far the current index is; nothing where there is none with these settings."""
        try:
            found = self._client.get(index=self._names.alias, id=layout.WATERMARK_ID)
        except NotFoundError:
            return None
        return _Mark(
            found["_index"], found["_source"][layout.WATERMARK], found["_seq_no"], found["_primary_term"]
        )

    def _marked(self, known: "_Mark", watermark: int) -> "_Mark":
        """Write the watermark, after what it promises, unless another has written it since."""
        place = (
            {"op_type": "create"}
            if known.change is None
            else {"if_seq_no": known.change, "if_primary_term": known.term}
        )
        try:
            answer = self._client.index(
                index=known.index, id=layout.WATERMARK_ID, document={layout.WATERMARK: watermark}, **place
            )
        except ConflictError as error:
            raise IndexUnavailable(
                f"another writer has changed the search index at {self._cluster.shown}"
            ) from error
        return _Mark(known.index, watermark, answer["_seq_no"], answer["_primary_term"])

    def _action(self, change: DocumentChange) -> _Action:
        match change:
            case PutDocument(document=document):
                return self._put(document)
            case DropDocument(key=key):
                return {"_op_type": "delete", "_id": layout.identifier(key)}

    def _put(self, document: Document) -> _Action:
        return {
            "_op_type": "index",
            "_id": layout.identifier(document.key),
            "_source": layout.stored(document, self._settings),
        }


@dataclass(frozen=True, slots=True)
class _Mark:
    """A watermark in one index, with the number of the change that wrote it."""

    index: str
    watermark: int = 0
    change: int | None = None
    term: int | None = None


def _key(change: DocumentChange) -> str:
    match change:
        case PutDocument(document=document):
            return document.key
        case DropDocument(key=key):
            return key


def _refusal(answer: Mapping[str, Mapping[str, object]]) -> str:
    """Say which document was refused and why; nothing for one that was to go and is not there."""
    ((action, told),) = answer.items()
    if action == "delete" and told["status"] == _NOT_FOUND:
        return ""
    error = told.get("error")
    reason = error.get("reason") if isinstance(error, Mapping) else error
    return f"{told['_id']}: {reason}"
