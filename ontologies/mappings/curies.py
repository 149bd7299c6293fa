"""How an IRI is written in a set of mappings: ``prefix:name``, and which prefixes everybody knows."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ontologies.namespaces import ACCESS_CONDITIONS, AUTHORITIES, CONCEPTS, DATA_USE_CONDITIONS, PREFIXES

_OBO: Final = "http://purl.obolibrary.org/obo/"

KNOWN: Final = MappingProxyType(
    {
        **PREFIXES,
        "access": ACCESS_CONDITIONS,
        "concept": CONCEPTS,
        "country": f"{AUTHORITIES}country/",
        "dataset-type": f"{AUTHORITIES}dataset-type/",
        "access-right": f"{AUTHORITIES}access-right/",
        "use": DATA_USE_CONDITIONS,
        "source": "urn:catalogue:sources/",
        "cimg-m": "urn:catalogue:mappings/sample/",
        "cimg-v": "urn:catalogue:mappings/eucaim-value-lists/",
        "cimg-s": "urn:catalogue:mappings/spellings/",
        "cimg-p": "urn:catalogue:mappings/providers/",
        "DOID": f"{_OBO}DOID_",
        "DUO": f"{_OBO}DUO_",
        "IAO": f"{_OBO}IAO_",
        "MONDO": f"{_OBO}MONDO_",
        "NCIT": f"{_OBO}NCIT_",
        "UBERON": f"{_OBO}UBERON_",
        "ONCOTREE": "http://oncotree.info/oncotree/",
        "RadLex": "http://www.radlex.org/RID/",
        "SNOMEDCT": "http://snomed.info/id/",
        "birnlex": "http://bioontology.org/projects/ontologies/birnlex#birnlex_",
        "infores": "https://w3id.org/information-resource-registry/",
        "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
        "orcid": "https://orcid.org/",
    }
)

_LONGEST_FIRST: Final = tuple(sorted(KNOWN.items(), key=lambda one: len(one[1]), reverse=True))
_ABSOLUTE: Final = re.compile(r"(?:https?://|urn:)\S+")
_PARTED: Final = re.compile(r"(\S*[#/:_=])([^\s#/:_=]+)")


def expanded(name: str, prefixes: Mapping[str, str] = KNOWN) -> str | None:
    """Spell ``prefix:name`` out; None where the prefix is unknown. An IRI comes back as it is."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        return prefixes[prefix] + local
    return name if _ABSOLUTE.fullmatch(name) else None


def contracted(iri: str) -> str:
    """``prefix:name`` where everybody knows the prefix, else the IRI."""
    for prefix, namespace in _LONGEST_FIRST:
        local = iri.removeprefix(namespace)
        if local and local != iri and not local.startswith("/"):
            return f"{prefix}:{local}"
    return iri


class Prefixes:
    """Those that one file needs, in the order in which they were asked for; ``map`` is sorted."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._made: dict[str, str] = {}

    def shortened(self, name: str) -> str:
        """A name with a prefix that the file declares: a made one where nobody knows its namespace."""
        prefix, colon, local = name.partition(":")
        if not colon:
            return name
        if prefix in KNOWN and not local.startswith("//"):
            self._found[prefix] = KNOWN[prefix]
            return name
        parts = _PARTED.fullmatch(name)
        namespace, local = (parts[1], parts[2]) if parts else (name[:-1], name[-1:])
        made = self._made.setdefault(namespace, f"ns{len(self._made) + 1}")
        self._found[made] = namespace
        return f"{made}:{local}"

    @property
    def map(self) -> dict[str, str]:
        return dict(sorted(self._found.items()))
