"""Which records an identifier means, however it is written."""

from catalogue.ledger import Ledger
from catalogue.profile.identifiers import normal_identifier, strong_identities


def resolved(ledger: Ledger, identifier: str, *, base_url: str) -> tuple[str, ...]:
    """Keys: none for an unknown identifier, one for a dataset, several where it names several datasets.

    A group of duplicates is one dataset, which its representative stands for, unless one of the others is
    asked for by its key. A withdrawn record is found where no shown one has the identifier.
    """
    named = identifier.strip().removeprefix(f"{base_url}/datasets/")
    keys = _keys(ledger, named)
    shown = {one.key: one for one in ledger.published_many(keys)}
    if named in shown:
        return (named,)
    standing = dict.fromkeys(shown[key].duplicate_of or key for key in keys if key in shown)
    return tuple(standing) or keys


def _keys(ledger: Ledger, named: str) -> tuple[str, ...]:
    """By the identifier as given, and as a DOI, a handle or an address that it may be."""
    spellings = dict.fromkeys((named, normal_identifier(named), *strong_identities("", (named,))))
    return tuple(dict.fromkeys(key for spelling in spellings if spelling for key in ledger.resolve(spelling)))
