"""Which IRI is meant, whichever of its known spellings a provider wrote."""

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final

CIMG: Final = "urn:catalogue:terms#"
CONCEPTS: Final = "urn:catalogue:concepts/"
EUCAIM: Final = "https://cancerimage.eu/ontology/EUCAIM#"
HEALTHDCATAP: Final = "http://healthdataportal.eu/ns/health#"
HEALTH_LISTS: Final = "https://hdeu-dcat.data.health.europa.eu/resource/authority/"
DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM/"
AUTHORITIES: Final = "http://publications.europa.eu/resource/authority/"
_EUCAIM_LISTS: Final = "https://eucaim.github.io/eucaim_dcat_ap/"
ACCESS_CONDITIONS: Final = f"{_EUCAIM_LISTS}releases/controlled-vocabularies/access-conditions/#"
DATA_USE_CONDITIONS: Final = f"{_EUCAIM_LISTS}releases/controlled-vocabularies/data-use-conditions/#"

PREFIXES: Final = MappingProxyType(
    {
        "adms": "http://www.w3.org/ns/adms#",
        "cimg": CIMG,
        "csvw": "http://www.w3.org/ns/csvw#",
        "cv": "http://data.europa.eu/m8g/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcatap": "http://data.europa.eu/r5r/",
        "dcm": DICOM,
        "dcmitype": "http://purl.org/dc/dcmitype/",
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "dpv-pd": "https://w3id.org/dpv/dpv-pd#",
        "dqv": "http://www.w3.org/ns/dqv#",
        "eucaim": EUCAIM,
        "foaf": "http://xmlns.com/foaf/0.1/",
        "geodcatap": "http://data.europa.eu/930/",
        "healthdcatap": HEALTHDCATAP,
        "hydra": "http://www.w3.org/ns/hydra/core#",
        "ldp": "http://www.w3.org/ns/ldp#",
        "odrl": "http://www.w3.org/ns/odrl/2/",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "http://schema.org/",
        "semapv": "https://w3id.org/semapv/vocab/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "spdx": "http://spdx.org/rdf/terms#",
        "sssom": "https://w3id.org/sssom/",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)

# Spellings of published records, and of the other scheme (http, https); none ever meant another term.
_NAMESPACES: Final = (
    ("https://hyperontology.eucaim.cancerimage.eu/#", EUCAIM),
    ("http://hyperontology.eucaim.cancerimage.eu/#", EUCAIM),
    ("EUCAIM_Hyper-Ontology_V1.0.", EUCAIM),
    ("http://cancerimage.eu/ontology/EUCAIM#", EUCAIM),
    ("http://data.europa.eu/r5r/healthdcatap#", HEALTHDCATAP),
    ("https://w3id.org/healthdcat-ap#", HEALTHDCATAP),
    ("http://w3id.org/healthdcat-ap#", HEALTHDCATAP),
    ("http://www.healthdcatap.org/", HEALTHDCATAP),
    ("https://healthdataportal.eu/ns/health#", HEALTHDCATAP),
    ("http://13.81.34.152:1101/resource/authority/", HEALTH_LISTS),
    ("https://hdeu-dcat.acceptance.data.health.europa.eu/resource/authority/", HEALTH_LISTS),
    ("http://healthdataportal.eu/resource/authority/", HEALTH_LISTS),
    # The published list of access conditions names one scheme and has its concepts in another.
    (f"{_EUCAIM_LISTS}resource/authority/access-condition/", ACCESS_CONDITIONS),
    (f"{_EUCAIM_LISTS}resource/authority/access-condition#", ACCESS_CONDITIONS),
    (f"{_EUCAIM_LISTS}releases/controlled-vocabularies/access-conditions#", ACCESS_CONDITIONS),
    (f"{_EUCAIM_LISTS}resource/authority/data-use-condition/", DATA_USE_CONDITIONS),
    (f"{_EUCAIM_LISTS}resource/authority/data-use-condition#", DATA_USE_CONDITIONS),
    (f"{_EUCAIM_LISTS}releases/controlled-vocabularies/data-use-conditions#", DATA_USE_CONDITIONS),
    ("https://w3id.org/dpv/pd#", PREFIXES["dpv-pd"]),
    ("http://w3id.org/dpv#", PREFIXES["dpv"]),
    ("https://publications.europa.eu/resource/", "http://publications.europa.eu/resource/"),
    ("https://dicom.nema.org/resources/ontology/DCM/", DICOM),
    ("https://www.w3.org/ns/dcat#", PREFIXES["dcat"]),
    ("https://purl.org/dc/terms/", PREFIXES["dct"]),
    ("https://schema.org/", PREFIXES["schema"]),
)

_SEEN: Final = tuple(seen for seen, _ in _NAMESPACES)

# Our own terms, served by any catalogue under its own address.
_SERVED_TERM: Final = re.compile(r"https?://[^?#]+/terms#(\w+)")
_OWN_TERMS: Final = frozenset(
    (
        *("numberOfSeries", "numberOfImages", "derived", "fictional", "countsTowardsTotals"),
        *("countBy", "dimension", "value", "subjects", "studies"),
        *("subjectKind", "otherCondition", "topography", "morphology", "linkedDataKind", "screening"),
        *("diagnosisPeriod", "stagingSystem", "hasStage", "hasGrade", "followUp", "medianFollowUpMonths"),
        *("alignedValue", "axis", "rawValue", "concept", "conceptCode", "justification", "rule"),
        *("fromProperty", "scheme", "mapping", "source", "hidden", "grouping", "histology"),
        *("relatedLabel", "draftLabel", "draftSynonym"),
    )
)

# Predicates that differ from the profile's by more than their namespace, already in canonical namespaces.
_PREDICATES: Final = MappingProxyType(
    {
        HEALTHDCATAP + "minimumTypicalAge": HEALTHDCATAP + "minTypicalAge",
        HEALTHDCATAP + "maximumTypicalAge": HEALTHDCATAP + "maxTypicalAge",
        HEALTHDCATAP + "numberofUniqueIndividuals": HEALTHDCATAP + "numberOfUniqueIndividuals",
        EUCAIM + "nbrOfStudies": HEALTHDCATAP + "numberOfRecords",
        PREFIXES["adms"] + "interoperabilityLevel": EUCAIM + "interoperabilityLevel",
        PREFIXES["foaf"] + "homePage": PREFIXES["foaf"] + "homepage",
        PREFIXES["dcat"] + "endPointURL": PREFIXES["dcat"] + "endpointURL",
    }
)

# No code has so long an IRI, and some patterns below take time that grows with the square of the length.
_LONGEST_KEY: Final = 1_000
# ICD-10-CM as invoices write it, without its point: C3411 is the lung's there and a thymoma in NCIt. Bare, it
# means neither.
_ICD10CM_PLAIN: Final = (
    r"C(?:(?:34|40|43|44|46|47|49|57|62|63|69|72|74|76|78|79|88|9[0-6])\d[0-29]|8[1-6]\d\d)"
)

# Spellings of a code of another system, as an IRI or as the bare keys of older portals. OncoTree's own codes
# ("BRCA", "LUNG") are words or genes, and mean nothing without their system.
_OBO: Final = r"https?://purl\.obolibrary\.org/obo/"
_CODES: Final = tuple(
    (re.compile(pattern), system)
    for pattern, system in (
        (r"http://dicom\.nema\.org/resources/ontology/DCM/([A-Z0-9]+)", "DICOM"),
        (r"https?://snomed\.info/(?:id|sct)/(\d+)", "SNOMEDCT"),
        (r"https?://purl\.bioontology\.org/ontology/SNOMEDCT/(\d+)", "SNOMEDCT"),
        (r"(?:SNOMEDCT|SNOMED-CT|SCTID|SCT) ?[:_]? ?(\d+)", "SNOMEDCT"),
        (rf"{_OBO}DOID_(\d+)", "DOID"),
        (r"DOID[:_](\d+)", "DOID"),
        (rf"{_OBO}MONDO_(\d{{7}})", "MONDO"),
        (r"MONDO[:_](\d{7})", "MONDO"),
        (rf"{_OBO}UBERON_(\d{{7}})", "UBERON"),
        (r"UBERON[:_](\d{7})", "UBERON"),
        (rf"{_OBO}NCIT_(C\d+)", "NCIT"),
        (r"http://ncicb\.nci\.nih\.gov/xml/owl/EVS/Thesaurus\.owl#(C\d+)", "NCIT"),
        (r"https?://(?:ncit|ncithesaurus)\.nci\.nih\.gov/\S*[?&]code=(C\d+)(?:[&#]\S*)?", "NCIT"),
        (r"https?://evsexplore\.semantics\.cancer\.gov/\S*/concept/ncit/(C\d+)", "NCIT"),
        (r"(?:NCI|NCIT|ncit)[:_](C\d+)", "NCIT"),
        (rf"(?!(?:{_ICD10CM_PLAIN})$)(C\d{{4,}})", "NCIT"),
        (r"https?://(?:www\.)?oncotree\.(?:info|mskcc\.org)/\S*[#/?=&]([A-Z][A-Z0-9_]+)", "ONCOTREE"),
        (r"(?:ONCOTREE|OncoTree|oncotree)[:_]([A-Z][A-Z0-9_]*)", "ONCOTREE"),
        (r"https?://(?:www\.)?radlex\.org/RID/+(RID\d+)", "RadLex"),
        (r"(?:RadLex[:_])?(RID\d+)", "RadLex"),
        (r"(?:\S*[/#])?birnlex[:_](\d+)", "birnlex"),
        (r"https?://purl\.bioontology\.org/ontology/ICD10(?:CM)?/([A-Z]\d\d(?:\.\d+)?)", "ICD10"),
        (r"ICD-?10(?:-?CM|WHO)?: ?([A-Z]\d\d(?:\.\w+)?)", "ICD10"),
        (r"ICD-?O(?:-?3)?: ?([A-Z]?\d[\d./]*(?:-C\d\d(?:\.\d)?)?)", "ICDO3"),
        (rf"{_OBO}DUO_(\d{{7}})", "DUO"),
        (r"DUO[:_](\d{7})", "DUO"),
    )
)


def canonical_iri(iri: str) -> str:
    """Put an IRI into its canonical namespace; one of an unknown namespace comes back as it is.

    An own term is known by path and name at any address, so that one catalogue can harvest another.
    """
    if iri.startswith(_SEEN):
        seen, canonical = next(each for each in _NAMESPACES if iri.startswith(each[0]))
        return canonical + iri[len(seen) :]
    served = _SERVED_TERM.fullmatch(iri) if "/terms#" in iri else None
    return CIMG + served[1] if served and served[1] in _OWN_TERMS else iri


def canonical_predicate(iri: str) -> str:
    """Give the profile's predicate for one that providers write in its place."""
    canonical = canonical_iri(iri)
    return _PREDICATES.get(canonical, canonical)


@lru_cache(maxsize=4_096)
def compact(iri: str) -> str:
    """``prefix:name`` where a prefix is known and the name is a plain one, else the IRI."""
    for prefix, namespace in PREFIXES.items():
        name = iri.removeprefix(namespace)
        if name != iri and name and "/" not in name and "#" not in name:
            return f"{prefix}:{name}"
    return iri


def expand(name: str) -> str:
    """Spell ``prefix:name`` out; anything else comes back as it is."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES and not local.startswith("//"):
        return PREFIXES[prefix] + local
    return name


def notation(value: str) -> str:
    """``SYSTEM:code`` for an IRI or key of another code system (``RID10321``), "" for anything else."""
    if len(value) > _LONGEST_KEY:
        return ""
    canonical = canonical_iri(value)
    for pattern, system in _CODES:
        if found := pattern.fullmatch(canonical):
            return f"{system}:{found[1]}"
    return ""
