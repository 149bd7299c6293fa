"""How the index follows the ledger: one writer, one folder a version, ``CURRENT`` names the one to read."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import tantivy

from catalogue.errors import IndexUnavailable
from catalogue.folders import FolderTakenError, Ownership, point, remove
from catalogue.indexes import names
from catalogue.indexes.tantivy import layout, versions
from catalogue.indexes.tantivy.failures import engine_failures
from catalogue.ports import Document, DocumentChange, DropDocument, IndexSettings, PutDocument

_HEAP_BYTES: Final = 32_000_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TantivyWriter:
    """An index of other settings is left to its readers until the first ``apply`` or ``rebuild``."""

    def __init__(
        self, folder: Path, settings: IndexSettings, *, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._now = now
        try:
            self._ownership = Ownership(folder)
        except FolderTakenError as error:
            raise IndexUnavailable(
                f"the search index in {folder} already has a writer; one worker at a time may write"
            ) from error
        current = versions.current_version(folder)
        for leftover in versions.other_versions(folder, current):
            remove(leftover)
        self._version = self._reopened(current) if current else None

    def watermark(self) -> int:
        return versions.read_watermark(self._version.path) if self._version else 0

    def apply(self, changes: Iterable[DocumentChange], *, watermark: int) -> None:
        version = self._version or self._fresh()
        version.apply(changes)
        self._show(version, watermark)

    def rebuild(self, documents: Iterable[Document], *, watermark: int) -> None:
        version = self._fresh()
        try:
            version.apply(PutDocument(document=document) for document in documents)
        except BaseException:
            version.close()
            remove(version.path)
            raise
        self._show(version, watermark)

    def close(self) -> None:
        if self._version:
            self._version.close()
        self._version = None
        self._ownership.release()

    def _show(self, version: "_OpenVersion", watermark: int) -> None:
        """Let readers see a version; the watermark comes after the commit, so that it never promises more."""
        versions.write_watermark(version.path, watermark)
        if version is self._version:
            return
        point(self._folder, version.path.name)
        if self._version:
            self._version.close()
        self._version = version
        for old in versions.other_versions(self._folder, version.path):
            remove(old)

    def _fresh(self) -> "_OpenVersion":
        path = versions.fresh_version(self._folder, self._settings, self._now())
        path.mkdir()
        return _OpenVersion(path, self._settings)

    def _reopened(self, path: Path) -> "_OpenVersion | None":
        """Give nothing for other settings, and for a damaged folder: both are rebuilt from the ledger."""
        if not versions.is_built_with(path, self._settings):
            return None
        try:
            return _OpenVersion(path, self._settings)
        except IndexUnavailable:
            return None


class _OpenVersion:
    def __init__(self, path: Path, settings: IndexSettings) -> None:
        self.path = path
        self._settings = settings
        with engine_failures(path):
            self._writer = tantivy.Index(layout.schema(settings), path=str(path)).writer(_HEAP_BYTES, 1)

    def apply(self, changes: Iterable[DocumentChange]) -> None:
        with engine_failures(self.path):
            try:
                for change in changes:
                    self._change(change)
                self._writer.commit()
            except BaseException:
                self._writer.rollback()
                raise

    def close(self) -> None:
        with engine_failures(self.path):
            self._writer.wait_merging_threads()

    def _change(self, change: DocumentChange) -> None:
        match change:
            case PutDocument(document=document):
                self._writer.delete_documents_by_term(names.KEY, document.key)
                self._writer.add_document(layout.entry(document, self._settings))
            case DropDocument(key=key):
                self._writer.delete_documents_by_term(names.KEY, key)
