"""What the columns of EMX2's catalogues mean, by the names that they have in Molgenis' and EUCAIM's models.

The names are those of Molgenis' catalogue model (``Resources``, ``Collections``) and of EUCAIM's
``Collections``, as their software publishes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache
from types import MappingProxyType
from typing import Final

from ontologies.namespaces import expand


class Form(StrEnum):
    """How the values of a column are written."""

    TEXT = auto()
    WORDS = auto()
    COUNT = auto()
    SIZE = auto()
    DATE = auto()
    ADDRESS = auto()
    CONCEPT = auto()
    LISTED = auto()
    LANGUAGE = auto()
    AGENT = auto()
    CONTACT = auto()
    NAME_ELSEWHERE = auto()
    PROVENANCE = auto()
    PURPOSE = auto()
    SERIES = auto()
    AGE_GROUPS = auto()
    WITH_SAMPLES = auto()
    # These three are read together with others.
    START = auto()
    END = auto()
    SPAN = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """``term`` is the profile's; ``on_files`` that of a distribution. ``also`` are terms for the same.

    A ``spare`` column is read where no other says the same.
    """

    term: str
    form: Form
    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    on_files: bool = False
    spare: bool = False


def _column(term: str, form: Form, names: str, also: str = "") -> Column:
    return Column(term, form, tuple(names.split()), tuple(also.split()))


def _file(term: str, form: Form, names: str) -> Column:
    return Column(term, form, tuple(names.split()), on_files=True)


COLUMNS: Final = (
    _column("dct:identifier", Form.TEXT, "id pid"),
    _column("dct:title", Form.TEXT, "name", "foaf:name"),
    _column("dct:alternative", Form.TEXT, "acronym localname"),
    _column("dct:description", Form.TEXT, "description"),
    _column("dcat:landingPage", Form.ADDRESS, "website url", "foaf:homepage"),
    _column("dcat:keyword", Form.WORDS, "keywords"),
    _column("dcat:version", Form.TEXT, "version"),
    _column("dct:type", Form.CONCEPT, "type resourcetype"),
    _column(
        "eucaim:collectionMethod",
        Form.CONCEPT,
        "collectionmethod cohorttype clinicalstudytype registryorhealthrecordtype rwdtype design designtype",
    ),
    _column(
        "healthdcatap:numberOfUniqueIndividuals",
        Form.COUNT,
        "numberofparticipants numberofsubjects numberofuniqueindividuals",
    ),
    _column(
        "healthdcatap:numberOfRecords",
        Form.COUNT,
        "numberofrecords numberofstudies nbrofstudies",
        "healthdcatap:numberofRecords",
    ),
    _column("cimg:numberOfSeries", Form.COUNT, "numberofseries nbrofseries"),
    _column("cimg:numberOfImages", Form.COUNT, "numberofimages nbrofimages"),
    _column("cimg:countBy", Form.WITH_SAMPLES, "numberofparticipantswithsamples"),
    _column("healthdcatap:minTypicalAge", Form.COUNT, "agemin agelow lowestage minimumtypicalage"),
    _column("healthdcatap:maxTypicalAge", Form.COUNT, "agemax agehigh highestage maximumtypicalage"),
    _column("healthdcatap:populationCoverage", Form.AGE_GROUPS, "populationagegroups"),
    _column(
        "healthdcatap:populationCoverage",
        Form.TEXT,
        "populationdescription underlyingpopulation populationcoverage",
    ),
    _column("dct:spatial", Form.CONCEPT, "countries country continents regions geographicalcoverage"),
    _column("dcat:startDate", Form.START, "startyear startdatacollection"),
    _column("dcat:endDate", Form.END, "endyear enddatacollection"),
    _column("dct:temporal", Form.SPAN, "imageyearrange"),
    _column("eucaim:hasCondition", Form.CONCEPT, "condition hascondition populationdisease diseasedetails"),
    _column("cimg:topography", Form.CONCEPT, "topography populationoncologytopology"),
    _column("cimg:morphology", Form.CONCEPT, "populationoncologymorphology"),
    _column("eucaim:hasImageBodyPart", Form.CONCEPT, "bodypart bodypartexamined hasimagebodypart"),
    _column("eucaim:hasImageModality", Form.CONCEPT, "imagingmodality modality hasimagemodality"),
    _column("eucaim:hasEquipmentManufacturer", Form.CONCEPT, "vendor manufacturer hasimagevendor"),
    _column("eucaim:hasBirthSex", Form.CONCEPT, "sex hasassociatedsex"),
    _column("eucaim:interoperabilityLevel", Form.CONCEPT, "interoperabilitytier"),
    _column("dct:publisher", Form.AGENT, "publisher provider"),
    _column("dct:creator", Form.AGENT, "creator creators"),
    _column("dct:contributor", Form.AGENT, "organisationsinvolved"),
    _column("geodcatap:custodian", Form.AGENT, "custodian", "dct:rightsHolder"),
    _column("healthdcatap:hdab", Form.AGENT, "healthdataaccessbody hdab"),
    _column("dcat:contactPoint", Form.CONTACT, "contactpoint contact contactemail"),
    _column("dcat:inSeries", Form.SERIES, "biobank"),
    _column("dct:accessRights", Form.LISTED, "accessrights"),
    _column("dcat:theme", Form.LISTED, "theme"),
    _column("dcatap:applicableLegislation", Form.LISTED, "applicablelegislation"),
    _column("dct:provenance", Form.PROVENANCE, "provenance provenancestatement designdescription"),
    _column("dct:provenance", Form.PROVENANCE, "datacollectiondescription reasonsustained"),
    _column("dpv:hasPurpose", Form.PURPOSE, "intendedpurpose"),
    _column("dct:accrualPeriodicity", Form.LISTED, "releasetype"),
    _column("dct:language", Form.LANGUAGE, "languages"),
    _column("healthdcatap:hasCodingSystem", Form.TEXT, "codingsystems"),
    _column("rdfs:comment", Form.TEXT, "linkageoptions linkagedescription linkagepossibilitydescription"),
    _column("dct:relation", Form.TEXT, "linkedresources datasources"),
    _column("adms:identifier", Form.NAME_ELSEWHERE, "externalidentifiers internalidentifiers"),
    _column("dct:isReferencedBy", Form.ADDRESS, "publications publicationuri"),
    _column("dct:issued", Form.DATE, "issued metadataissued"),
    _column("dct:modified", Form.DATE, "modified lastmodified"),
    Column("dct:issued", Form.DATE, ("mginsertedon",), spare=True),
    Column("dct:modified", Form.DATE, ("mgupdatedon",), spare=True),
    _file("dct:rights", Form.CONCEPT, "dataaccessconditions imageaccesstype"),
    _file("dct:rights", Form.CONCEPT, "datauseconditions termsofuse"),
    _file("dct:description", Form.TEXT, "dataaccessconditionsdescription imageaccessdescription"),
    _file("dcat:accessURL", Form.ADDRESS, "imageaccessuri"),
    _file("dct:license", Form.LISTED, "license licence"),
    _file("dct:format", Form.TEXT, "format"),
    _file("dcat:byteSize", Form.SIZE, "imagesize"),
)
AGE_UNIT: Final = "ageunit"
# They say how the row is kept, not what it describes, or are read where rows are taken.
SILENT: Final = frozenset(
    (AGE_UNIT, "withdrawn", "hricore", "logo", "mgtableclass", "mgdraft", "mginsertedby", "mgupdatedby")
)


@cache
def by_name() -> Mapping[str, Column]:
    """Columns by folded name."""
    return MappingProxyType({name: column for column in COLUMNS for name in column.names})


@cache
def by_term() -> Mapping[str, Column]:
    """Columns by what EMX2 repeats them under; a term that several have stands for the last of them.

    What stands on files has no term here: DCAT has some of these terms on the dataset too. Nor have counts
    by value and periods, which are nodes in the profile.
    """
    nodes = (Form.WITH_SAMPLES, Form.SPAN)
    shared = (one for one in COLUMNS if not (one.on_files or one.spare or one.form in nodes))
    return MappingProxyType(
        {expand(term): column for column in shared for term in (column.term, *column.also)}
    )
