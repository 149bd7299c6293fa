"""Which properties the profile uses, by the names the code gives them.

EUCAIM DCAT-AP 2.0 on HealthDCAT-AP and DCAT-AP 3; own terms only where these have none.
"""

from typing import Final

from ontologies.concepts import Axis

RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
DCT: Final = "http://purl.org/dc/terms/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
ADMS: Final = "http://www.w3.org/ns/adms#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
PROV: Final = "http://www.w3.org/ns/prov#"
HEALTH: Final = "http://healthdataportal.eu/ns/health#"
EUCAIM: Final = "https://cancerimage.eu/ontology/EUCAIM#"
OWN: Final = "urn:catalogue:"
CIMG: Final = f"{OWN}terms#"

AXIS_PROPERTY: Final = {
    Axis.CANCER: f"{EUCAIM}hasCondition",
    Axis.BODYPART: f"{EUCAIM}hasImageBodyPart",
    Axis.MODALITY: f"{EUCAIM}hasImageModality",
    Axis.MANUFACTURER: f"{EUCAIM}hasEquipmentManufacturer",
    Axis.SEX: f"{EUCAIM}hasBirthSex",
    Axis.SUBJECT: f"{CIMG}subjectKind",
    Axis.TOPOGRAPHY: f"{CIMG}topography",
    Axis.MORPHOLOGY: f"{CIMG}morphology",
    Axis.STAGING: f"{CIMG}stagingSystem",
    Axis.COUNTRY: f"{DCT}spatial",
    Axis.TIER: f"{EUCAIM}interoperabilityLevel",
    Axis.ACCESS: f"{DCT}accessRights",
    Axis.TYPE: f"{DCT}type",
    Axis.METHOD: f"{EUCAIM}collectionMethod",
    Axis.LINKED: f"{CIMG}linkedDataKind",
    Axis.SCREENING: f"{CIMG}screening",
    # These two stand on distributions: both lists share dct:rights there.
    Axis.CONDITION: f"{DCT}rights",
    Axis.USE: f"{DCT}rights",
}

CUSTODIAN: Final = "http://data.europa.eu/930/custodian"
STRUCTURED_DATA: Final = f"{HEALTH}hasStructuredData"
HDAB: Final = f"{HEALTH}hdab"
CONTACT_POINT: Final = "http://data.europa.eu/m8g/contactPoint"
EMAIL: Final = "http://data.europa.eu/m8g/email"
CONTACT_PAGE: Final = "http://data.europa.eu/m8g/contactPage"
KEYWORD: Final = f"{DCAT}keyword"
PATIENTS: Final = f"{HEALTH}numberOfUniqueIndividuals"
STUDIES: Final = f"{HEALTH}numberOfRecords"
SERIES: Final = f"{CIMG}numberOfSeries"
IMAGES: Final = f"{CIMG}numberOfImages"
LOWEST_AGE: Final = f"{HEALTH}minTypicalAge"
HIGHEST_AGE: Final = f"{HEALTH}maxTypicalAge"
BYTE_SIZE: Final = f"{DCAT}byteSize"

DERIVED: Final = f"{CIMG}derived"
FICTIONAL: Final = f"{CIMG}fictional"
COUNT_BY: Final = f"{CIMG}countBy"
DIMENSION: Final = f"{CIMG}dimension"
VALUE: Final = f"{CIMG}value"
SUBJECTS: Final = f"{CIMG}subjects"
STUDIES_OF_VALUE: Final = f"{CIMG}studies"

COUNTS_TOWARDS_TOTALS: Final = f"{CIMG}countsTowardsTotals"
ALIGNED_VALUE: Final = f"{CIMG}alignedValue"
AXIS: Final = f"{CIMG}axis"
RAW_VALUE: Final = f"{CIMG}rawValue"
CONCEPT: Final = f"{CIMG}concept"
CONCEPT_CODE: Final = f"{CIMG}conceptCode"
JUSTIFICATION: Final = f"{CIMG}justification"
RULE: Final = f"{CIMG}rule"
FROM_PROPERTY: Final = f"{CIMG}fromProperty"
SCHEME: Final = f"{CIMG}scheme"
MAPPING: Final = f"{CIMG}mapping"
