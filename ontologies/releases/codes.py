"""Which code of which system an IRI, a cross-reference or a property of a release means."""

import re
from types import MappingProxyType
from typing import Final

from ontologies.namespaces import EUCAIM, canonical_iri, notation

_OBO: Final = "http://purl.obolibrary.org/obo/"
_ONCOTREE: Final = "http://oncotree.info/oncotree/"

_BIRNLEX: Final = r"(?:birnlex_)?(\d+)"
_ICD10: Final = r"([A-Z]\d\d(?:\.[\dX]{1,4})?)"
_ICDO3: Final = r"(\d{4}/\d(?:-C\d\d(?:\.\d)?)?|C\d\d(?:\.\d)?)"
_MESH: Final = r"([CD]\d{6,9})"
_NUMBER: Final = r"(\d+)"
_RADLEX: Final = r"(RID\d+)"
_THESAURUS: Final = r"(C\d+)"
_UMLS: Final = r"(C[NL]?\d+)"
_NAME: Final = r"([A-Za-z][\w/+-]*)"

# Prefixes that releases write, in capitals and without what tells a release of the system; and the scheme's
# names for them. Licensed systems are match keys: their codes alone.
_SYSTEMS: Final = MappingProxyType(
    {
        "BIRNLEX": ("birnlex", _BIRNLEX),
        "DOID": ("DOID", _NUMBER),
        "EFO": ("EFO", _NUMBER),
        "FMA": ("FMA", _NUMBER),
        "ICD10": ("ICD10", _ICD10),
        "ICD10CM": ("ICD10", _ICD10),
        "ICD10WHO": ("ICD10", _ICD10),
        "ICDO": ("ICDO3", _ICDO3),
        "ICDO3": ("ICDO3", _ICDO3),
        "MESH": ("MESH", _MESH),
        "MONDO": ("MONDO", _NUMBER),
        "MSH": ("MESH", _MESH),
        "NCI": ("NCIT", _THESAURUS),
        "NCIT": ("NCIT", _THESAURUS),
        "ONCOTREE": ("ONCOTREE", _NAME),
        "ORDO": ("Orphanet", _NUMBER),
        "ORPHANET": ("Orphanet", _NUMBER),
        "RADLEX": ("RadLex", _RADLEX),
        "RID": ("RadLex", _RADLEX),
        "SCTID": ("SNOMEDCT", _NUMBER),
        "SNOMEDCT": ("SNOMEDCT", _NUMBER),
        "SNOMED": ("SNOMEDCT", _NUMBER),
        "UBERON": ("UBERON", _NUMBER),
        "UMLS": ("UMLS", _UMLS),
        "UMLSCUI": ("UMLS", _UMLS),
    }
)
_RELEASE_OF_SYSTEM: Final = re.compile(r"_?(?:US_)?\d{4}_\d\d_\d\d$|_US$")
_OBO_NAME: Final = re.compile(r"([A-Za-z][A-Za-z0-9]*)_([A-Za-z0-9]+)")
_LOCAL: Final = re.compile(r"[^#/:]+$")


def code_of_iri(iri: str) -> str:
    """``DOID:1612``, ``NCIT:C3262``, the bare code of the hyperontology, or the last part of the IRI."""
    canonical = canonical_iri(iri)
    if canonical.startswith(EUCAIM):
        return canonical.removeprefix(EUCAIM)
    if canonical.startswith(_ONCOTREE):
        return f"ONCOTREE:{canonical.removeprefix(_ONCOTREE)}"
    if found := _OBO_NAME.fullmatch(canonical.removeprefix(_OBO)):
        return f"{found[1]}:{found[2]}"
    local = _LOCAL.search(canonical)
    return notation(canonical) or (local[0] if local else canonical)


def iri_of_code(code: str) -> str:
    """The IRI of an identifier of OBO (``DOID:1612``) or OncoTree; an IRI comes back as it is."""
    system, colon, local = code.partition(":")
    if not colon or local.startswith("//"):
        return code
    return f"{_ONCOTREE}{local}" if system == "ONCOTREE" else f"{_OBO}{system}_{local}"


def reference_code(text: str) -> str:
    """``SYSTEM:code`` as the scheme spells it, of a cross-reference (``NCI:C3262``) or IRI; "" for none."""
    if text.startswith(("http://", "https://")):
        text = code_of_iri(text)
    system, colon, code = text.partition(":")
    return system_code(system, code) if colon else ""


def system_code(system: str, code: str) -> str:
    """``SYSTEM:code`` as the scheme spells it; "" for a system it does not know or a code out of form."""
    bare = _RELEASE_OF_SYSTEM.sub("", system.strip())
    known = _SYSTEMS.get(re.sub(r"[_\W]", "", bare).upper())
    if known is None:
        return ""
    found = re.fullmatch(known[1], code.strip())
    return f"{known[0]}:{found[1]}" if found else ""
