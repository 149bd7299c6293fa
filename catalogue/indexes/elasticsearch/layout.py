"""How an entry lies in Elasticsearch: names of indexes, mappings, stored documents.

Only what the minimal distribution has is used: its analyser ``whitespace``, keywords and numbers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalogue.indexes import entries, names
from catalogue.ports import Document, IndexSettings

WATERMARK: Final = "watermark"
WATERMARK_ID: Final = "watermark"

# Raised with every change of this module, so that older indexes are rebuilt.
_LAYOUT: Final = 2

_DATASET: Final = "dataset/"

Body = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class IndexNames:
    """An index is named for its settings and its time; the alias that readers use, for its settings only.

    So a search of other settings meets no alias, and needs no question beforehand.
    """

    prefix: str
    signature: str

    @property
    def alias(self) -> str:
        return f"{self.prefix}-{self.signature}"

    @property
    def pattern(self) -> str:
        """Match all versions, and perhaps what is not ours."""
        return f"{self.prefix}-v*"

    def version(self, now: datetime) -> str:
        return f"{self.prefix}-v{self.signature}-{now:%Y%m%dt%H%M%S%f}"

    def is_version(self, name: str) -> bool:
        """Tell our indexes, of whatever settings, from others that only begin alike."""
        return re.fullmatch(re.escape(self.prefix) + r"-v[0-9a-f]{12}-\d{8}t\d{12}", name) is not None


def index_names(prefix: str, settings: IndexSettings) -> IndexNames:
    return IndexNames(prefix, entries.signature(settings, engine=_LAYOUT))


# Readers see a whole batch when its writer refreshes. One shard, so that word statistics are those of all.
INDEX_SETTINGS: Final[Body] = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": -1,
}


def mappings(settings: IndexSettings) -> Body:
    """Refuse fields that are not named here. ``_source`` holds what hits are made of and nothing else."""
    keyword = {"type": "keyword"}
    shown, filtered = {"type": "keyword", "index": False}, {"type": "keyword", "doc_values": False}
    facets = settings.facets
    return {
        "dynamic": "strict",
        "_meta": {
            "signature": index_names("", settings).signature,
            "analysis": settings.analysis,
            "scheme": settings.scheme,
        },
        "_source": {"includes": [names.BODY, WATERMARK]},
        "properties": {
            names.KEY: keyword,
            names.BODY: {"type": "object", "enabled": False},
            WATERMARK: {"type": "long", "index": False},
            names.UNSTATED: keyword,
            **{name: {"type": "text", "analyzer": "whitespace"} for name in names.TEXTS},
            **{names.closure_field(facet): keyword for facet in facets},
            **{names.own_field(facet): filtered for facet in facets},
            **{names.stated_field(facet): shown for facet in facets},
            **{names.sort_field(order): shown for order in names.SORTS},
            **{name: {"type": "long"} for name in names.filtered_numbers()},
            **{name: {"type": "long", "index": False} for name in names.counted_numbers()},
        },
    }


def identifier(key: str) -> str:
    """Name a dataset so that none is called as the watermark."""
    return _DATASET + key


def key(identifier: str) -> str:
    return identifier.removeprefix(_DATASET)


def stored(document: Document, settings: IndexSettings) -> Body:
    given = entries.entry(document, settings)
    return {
        names.KEY: given.key,
        names.BODY: given.body.decode(),
        **given.texts,
        **{name: codes for name, codes in given.codes.items() if codes},
        **given.numbers,
        **given.orders,
    }
