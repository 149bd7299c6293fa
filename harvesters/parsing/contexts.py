"""Which JSON-LD contexts are known here: no parser opens the network for one."""

import json
from types import MappingProxyType
from typing import Final

from harvesters.errors import NotMetadata

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
_PREFIXES: Final[Json] = {
    "adms": "http://www.w3.org/ns/adms#",
    "cc": "http://creativecommons.org/ns#",
    "dc": "http://purl.org/dc/terms/",
    "dc11": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "ldp": "http://www.w3.org/ns/ldp#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_HYDRA_TERMS: Final[Json] = {
    "hydra": _HYDRA,
    "Collection": "hydra:Collection",
    "PagedCollection": "hydra:PagedCollection",
    "PartialCollectionView": "hydra:PartialCollectionView",
    "member": {"@id": "hydra:member", "@type": "@id"},
    "view": {"@id": "hydra:view", "@type": "@id"},
    "totalItems": "hydra:totalItems",
    "first": {"@id": "hydra:first", "@type": "@id"},
    "last": {"@id": "hydra:last", "@type": "@id"},
    "next": {"@id": "hydra:next", "@type": "@id"},
    "previous": {"@id": "hydra:previous", "@type": "@id"},
}

# Our own wording of what these addresses define; the prefixes are W3C's initial context for RDFa 1.1.
_BUILT_IN: Final = MappingProxyType(
    {
        "www.w3.org/2013/json-ld-context/rdfa11": _PREFIXES,
        "www.w3.org/ns/hydra/core": _HYDRA_TERMS,
        "www.w3.org/ns/hydra/context.jsonld": _HYDRA_TERMS,
    }
)


def with_contexts_inlined(body: bytes, url: str) -> bytes:
    """Put built-in contexts in the place of their addresses. Raises ``NotMetadata`` naming an unknown one."""
    try:
        if not _refers_elsewhere(body, url):
            return body
        document: Json = json.loads(body)
        return json.dumps(_inlined(document, url), ensure_ascii=False).encode("utf-8", "surrogatepass")
    except RecursionError as error:
        raise NotMetadata(f"{url}: the JSON is nested too deeply") from error
    except ValueError as error:
        raise NotMetadata(f"{url}: the answer is no sound JSON ({error})") from error


def _refers_elsewhere(body: bytes, url: str) -> bool:
    """Look at every object, a name given twice included, and keep none: the document may be large."""
    found = False

    def look(pairs: list[tuple[str, Json]]) -> None:
        nonlocal found
        for key, value in pairs:
            if key == "@import":
                raise NotMetadata(f"{url}: the JSON-LD imports a context ({value}); write it out")
            if key == "@context" and (names := _names(value)):
                found = True
                for name in names:
                    _known(name, url)

    json.loads(body, object_pairs_hook=look)
    return found


def _names(context: Json) -> list[str]:
    match context:
        case str():
            return [context]
        case list():
            return [name for inner in context for name in _names(inner)]
        case _:
            return []


def _inlined(value: Json, url: str) -> Json:
    match value:
        case dict():
            if "@import" in value:
                raise NotMetadata(f"{url}: the JSON-LD imports a context ({value['@import']}); write it out")
            return {
                key: _context(_inlined(inner, url), url) if key == "@context" else _inlined(inner, url)
                for key, inner in value.items()
            }
        case list():
            return [_inlined(inner, url) for inner in value]
        case _:
            return value


def _context(value: Json, url: str) -> Json:
    match value:
        case str():
            return _known(value, url)
        case list():
            return [_context(inner, url) for inner in value]
        case _:
            return value


def _known(address: str, url: str) -> Json:
    bare = address.removeprefix("https://").removeprefix("http://").rstrip("#/")
    if bare not in _BUILT_IN:
        raise NotMetadata(
            f"{url}: the JSON-LD refers to the context {address}, which is not fetched; write the context out"
        )
    return _BUILT_IN[bare]
