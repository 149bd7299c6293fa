"""Which records a node of any size offers: made from the sample's facts, numbered, and revised on demand.

A template each for the facts of a collection at some sizes is written once and then filled in with a number,
so that the node costs next to nothing beside the harvest that is measured.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final

from catalogue.sample.dialects import HEALTH_PORTAL, Dialect, Lists, Modalities, Parts, dataset
from catalogue.sample.facts import Collection, collections
from catalogue.sample.items import collection_item
from catalogue.sample.payloads import FORMATS
from catalogue.sample.syntaxes import Syntax, write

PAGE: Final = 500
PREFIXES: Final = tuple(FORMATS)

_NUMBER: Final = "0n0"
_REVISION: Final = "0r0"
_SIZES: Final = (1, 2, 3, 5, 7, 11, 13, 17)
_REVISED_OF: Final = 100
_BASE: Final = "https://node.example/bench"
_DAY: Final = date(2026, 1, 1)
# DataCite's prefix for tests: no such DOI is ever registered.
_DOI: Final = f"10.5072/bench.{_NUMBER}"
_DIALECT: Final = Dialect(
    syntax=Syntax.TURTLE,
    health=HEALTH_PORTAL,
    language="en",
    dates="xsd:date",
    numbers="xsd:nonNegativeInteger",
    parts=Parts.BLANK,
    lists=Lists.SPLIT,
    modalities=Modalities.LITERAL,
)


def oai_page(prefix: str, first: int, last: int, revision: int) -> str:
    """The records from ``first`` up to ``last``, without it, with their headers."""
    return "".join(
        _filled(_metadata(prefix, *_drawn(number)), number, revision) for number in range(first, last)
    )


def turtle_page(first: int, last: int, revision: int) -> str:
    """The datasets without their prefixes, and a catalogue that lists them."""
    listed = (
        f"<{_BASE}/catalog> dcat:dataset <{_BASE}/dataset/{number}> .\n" for number in range(first, last)
    )
    described = (_filled(_turtle(*_drawn(number)), number, revision) for number in range(first, last))
    return "".join((f"<{_BASE}/catalog> a dcat:Catalog .\n", *listed, *described))


def turtle_prefixes() -> str:
    return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _DIALECT.prefixes.items())


def revised(records: int) -> int:
    """How many of so many records another revision changes."""
    return -(-records // _REVISED_OF)


def _drawn(number: int) -> tuple[int, int]:
    """Which collection, and which of the sizes."""
    known = len(collections())
    return number % known, number // known % len(_SIZES)


def _filled(template: str, number: int, revision: int) -> str:
    """One record in a hundred is revised."""
    seen = revision if number % _REVISED_OF == 0 else 1
    return template.replace(_NUMBER, str(number)).replace(_REVISION, str(seen))


@cache
def _metadata(prefix: str, chosen: int, size: int) -> str:
    item = collection_item(_collection(chosen, size))
    return (
        f"<record><header><identifier>oai:node.example:{_NUMBER}</identifier><datestamp>{_DAY}</datestamp>"
        f"</header><metadata>{FORMATS[prefix].write(item)}</metadata></record>"
    )


@cache
def _turtle(chosen: int, size: int) -> str:
    written = write(
        (dataset(_collection(chosen, size), _DIALECT, base=_BASE),), Syntax.TURTLE, _DIALECT.prefixes
    )
    return written.decode().removeprefix(turtle_prefixes())


def _collection(chosen: int, size: int) -> Collection:
    known, times = collections()[chosen], _SIZES[size]
    return known.model_copy(
        update={
            "id": _NUMBER,
            "name": f"{known.name} #{_NUMBER} revision {_REVISION}",
            "patients": known.patients * times,
            "studies": known.studies * times,
            "origins": tuple(_origins(known)),
        }
    )


def _origins(known: Collection) -> Iterator[object]:
    for place, origin in enumerate(known.origins):
        doi = f"{_DOI}.{place}"
        yield origin._replace(doi=doi, url=f"https://doi.org/{doi}")
