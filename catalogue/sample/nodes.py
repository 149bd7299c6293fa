"""Which sample nodes there are.

Each offers some of the facts in its own way; a further node is one more entry of ``NODES``.
"""

from typing import Final, TypeAlias

from catalogue.sample.dcat_node import DcatNode, Paging
from catalogue.sample.dialects import HEALTH_PORTAL, HEALTH_W3ID, Dialect, Lists, Modalities, Parts, dataset
from catalogue.sample.eucaim import EUCAIM_PREFIXES, eucaim_dataset
from catalogue.sample.facts import Collection, Selection
from catalogue.sample.fair_data_point import FDP_PREFIXES, FairDataPoint, Shelf
from catalogue.sample.fictional_node import FictionalNode
from catalogue.sample.oai_node import OaiNode
from catalogue.sample.statements import Resource
from catalogue.sample.syntaxes import Syntax

DocumentNode: TypeAlias = DcatNode | FairDataPoint | FictionalNode
Node: TypeAlias = DocumentNode | OaiNode

_TWICE: Final = frozenset({"cptac_luad", "lidc_idri", "prostatex", "tcga_brca", "tcga_luad"})
"""What the OAI-PMH node offers besides, under the same DOI as another node."""

_LARGE_TRIALS: Final = frozenset(
    {"acrin_6698", "acrin_contralateral_breast_mr", "ct_colonography", "ispy1", "ispy2", "nlst"}
)

_FDP: Final = Dialect(
    syntax=Syntax.TURTLE,
    health=HEALTH_PORTAL,
    language="en",
    dates="xsd:dateTime",
    numbers="xsd:nonNegativeInteger",
    parts=Parts.DOCUMENTS,
    lists=Lists.SPLIT,
    modalities=Modalities.CONCEPT,
)


def _phrased(collection: Collection, base: str) -> Resource:
    return dataset(collection, _FDP, base=base)


NODES: Final[tuple[Node, ...]] = (
    DcatNode(
        "tcga",
        "TCGA node (sample)",
        Selection(("tcga",)),
        Dialect(
            syntax=Syntax.TURTLE,
            health=HEALTH_W3ID,
            language="en",
            dates="xsd:date",
            numbers="xsd:nonNegativeInteger",
            parts=Parts.NAMED,
            lists=Lists.SPLIT,
            modalities=Modalities.CONCEPT,
        ),
        Paging(
            size=10,
            view="hydra:PagedCollection",
            first="hydra:firstPage",
            last="hydra:lastPage",
            following="hydra:nextPage",
            previous="hydra:previousPage",
            total_on="page",
        ),
    ),
    DcatNode(
        "community",
        "Community node (sample)",
        Selection(("community",)),
        Dialect(
            syntax=Syntax.JSON_LD,
            health=HEALTH_PORTAL,
            language="en",
            dates="xsd:dateTime",
            numbers="xsd:nonNegativeInteger",
            parts=Parts.BLANK,
            lists=Lists.SPLIT,
            modalities=Modalities.LITERAL,
        ),
        Paging(
            size=25,
            view="hydra:PartialCollectionView",
            first="hydra:first",
            last="hydra:last",
            following="hydra:next",
            previous="hydra:previous",
            total_on="catalogue",
        ),
    ),
    DcatNode(
        "cptac",
        "CPTAC node (sample)",
        Selection(("cptac", "apollo", "cgci", "hcmi")),
        Dialect(
            syntax=Syntax.RDF_XML,
            health=HEALTH_PORTAL,
            language="",
            dates="",
            numbers="",
            parts=Parts.BLANK,
            lists=Lists.JOINED,
            modalities=Modalities.KEYWORD,
        ),
    ),
    DcatNode(
        "research",
        "Research node (sample)",
        Selection(("htan", "nlm", "nih", "covid_19", "pdmr", "icdc")),
        Dialect(
            syntax=Syntax.N_TRIPLES,
            health=HEALTH_PORTAL,
            language="",
            dates="xsd:date",
            numbers="xsd:nonNegativeInteger",
            parts=Parts.NAMED,
            lists=Lists.SPLIT,
            modalities=Modalities.LITERAL,
        ),
    ),
    FairDataPoint(
        "fdp",
        "Quantitative imaging FAIR Data Point (sample)",
        (
            Shelf("rider", "RIDER", Selection(("rider",))),
            Shelf("qin", "Quantitative Imaging Network", Selection(("qin",)), size=4),
            Shelf("qiba", "QIBA", Selection(("qiba",))),
            Shelf("fda", "FDA", Selection(("fda",))),
            Shelf("midi", "MIDI", Selection(("midi",))),
        ),
        _phrased,
        {**FDP_PREFIXES, "health": HEALTH_PORTAL},
        drafts=frozenset({"rider_pilot"}),
    ),
    OaiNode(
        "trials",
        "Trials node (sample)",
        "Analysis results (sample)",
        Selection(("nctn", "cmb", "cddp_eagle", "ccdi", "nci_trials"), besides=_TWICE, without=_LARGE_TRIALS),
        {
            "ccdi": "Childhood Cancer Data Initiative",
            "cddp_eagle": "EAGLE lung cancer study",
            "cmb": "Cancer Moonshot Biobank",
            "community": "Community",
            "cptac": "CPTAC",
            "nci_trials": "NCI trials",
            "nctn": "National Clinical Trials Network",
            "tcga": "TCGA",
        },
    ),
    FairDataPoint(
        "eucaim",
        "Large trials in EUCAIM DCAT-AP 2.0 (sample)",
        (Shelf("trials", "Large trials", Selection(besides=_LARGE_TRIALS)),),
        eucaim_dataset,
        EUCAIM_PREFIXES,
    ),
    FictionalNode("example", "Fictional example hospital (invented data)"),
)
