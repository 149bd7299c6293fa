"""Names that look like a concept's and mean another thing never align with it.

Names of the shared tables (hyperontology, DOID, OncoTree, DICOM, Uberon), each beside the name of ours that
it looks like; chosen by likeness and read one by one.
"""

import pytest

from ontologies.aligner import Aligner, load_aligner
from ontologies.analysis import normalise_label
from ontologies.concepts import Axis
from ontologies.own_scheme import load_scheme

ALIKE = {
    Axis.CANCER: """
        luminal breast cancer ~ Luminal B breast cancer
        luminal breast carcinoma A ~ Luminal B Breast Carcinoma
        B acute lymphoblastic leukemia ~ Acute lymphoblastic leukaemia
        acute myeloid leukemia M3 ~ Acute myeloid leukaemia
        Renal Non-Clear Cell Carcinoma ~ Renal clear cell carcinoma
        nonpapillary renal cell carcinoma ~ Papillary renal cell carcinoma
        Renal Small Cell Carcinoma ~ Renal cell carcinoma
        ovarian seromucinous carcinoma ~ Ovarian serous carcinoma
        Infiltrating duct and lobular carcinoma ~ Infiltrating duct and lobular carcinoma of breast, NOS
        large cell carcinoma ~ Large cell carcinoma, NOS, of lung, NOS
        mixed fibrolamellar hepatocellular carcinoma ~ Fibrolamellar hepatocellular carcinoma
        Clear cell carcinoma of the Liver cells ~ Liver cell carcinoma
        Breast Invasive Carcinosarcoma, NOS ~ Invasive carcinoma of breast
        mucoepidermoid thyroid carcinoma ~ Mucoepidermoid carcinoma
        lung mucoepidermoid carcinoma ~ Mucoepidermoid carcinoma
        bone squamous cell carcinoma ~ Squamous cell carcinoma
        bladder urachal urothelial carcinoma ~ Urothelial carcinoma of bladder
        primary malignant neoplasm of hilus of lung ~ Primary malignant neoplasm of lung
        clear cell basal cell carcinoma ~ Clear cell carcinoma
        Basal Cell Carcinoma of Prostate ~ Basal cell adenocarcinoma of prostate
        Invasive tubular carcinoma of breast ~ Invasive lobular carcinoma of breast
        Signet ring cell carcinoma ~ Signet ring cell carcinoma of cecum
        Hepatic flexure of colon ~ Neoplasm, malignant of hepatic flexure of colon
        Splenic flexure of colon ~ Neoplasm, malignant of splenic flexure of colon
        adenoid squamous cell carcinoma ~ Adenosquamous cell carcinoma
        large intestine adenoma ~ Adenocarcinoma of large intestine
        breast apocrine adenoma ~ Apocrine adenocarcinoma of breast, NOS
        adult acute lymphocytic leukemia ~ Acute lymphocytic leukaemia
        Melanotic malignant peripheral nerve sheath tumor ~ Malignant peripheral nerve sheath tumour
        N1 diffuse large B-cell lymphoma ~ Diffuse large B-cell lymphoma
        Ductal carcinoma in situ, solid type ~ Ductal carcinoma in situ, solid type of breast, NOS
        HER2-negative/HR-negative breast cancer ~ HER2-negative breast cancer
    """,
    Axis.BODYPART: """
        cerebral hemisphere ~ Cerebral hemisphere part
        Malignant neoplasm of lower respiratory tract ~ Lower respiratory tract
        Lower respiratory tract specimen ~ Lower respiratory tract
        Lower respiratory tract observable ~ Lower respiratory tract
        lower respiratory tract cartilage ~ Lower respiratory tract
        lower respiratory tract epithelium ~ Lower respiratory tract
        Operation on lower respiratory tract ~ Lower respiratory tract
        upper respiratory tract ~ Lower respiratory tract
        respiratory tract ~ Lower respiratory tract
        spinal cord column ~ Spinal column
        lumbar spinal cord ~ lumbar spinal column
        thoracic spinal cord ~ thoracic spinal column
        cervical spinal cord ~ Cervical spinal column
        thoracic spinal cord ventral column ~ thoracic spinal column
        lumbar spinal cord ventral column ~ lumbar spinal column
        cervical vertebra ~ cervical vertebral column
        thoracic vertebra ~ Thoracic vertebral column
        Axillary lymph node group ~ Axillary lymph node
        lymph node of lower limb ~ Lymph node of limb
        lymph node vein ~ Lymph node
        Finding of abdominopelvic segment of trunk ~ Abdominopelvic segment of trunk
        Disorder of abdominopelvic segment of trunk ~ Abdominopelvic segment of trunk
        abdominal segment of trunk ~ Abdominopelvic segment of trunk
        dorsal thoracic segment of trunk ~ Thoracic segment of trunk
        Disorder of thoracic segment of trunk ~ Thoracic segment of trunk
        Malignant neoplasm of cerebral meninges ~ Cerebral meninges
        No eloquent brain ~ Eloquent Brain
        Urinary tract pain ~ Urinary tract
        Upper urinary tract ~ Urinary tract
        Malignant neoplasms of urinary tract ~ Urinary tract
        male anatomical structure ~ Anatomical structure
        female anatomical structure ~ Anatomical structure
        acellular anatomical structure ~ Anatomical structure
        anatomical structure development ~ Anatomical structure
        anatomical structure homeostasis ~ Anatomical structure
        white matter of midbrain ~ White matter of brain
        white matter of hindbrain ~ White matter of brain
        white matter of temporal lobe ~ Grey matter of temporal lobe
        white matter of frontal lobe ~ Grey matter of frontal lobe
        Malignant tumor of male genital organ ~ Male genital organ
        seminal vesicle fluid ~ Seminal Vesicle
        Malignant neoplasm of bronchus and lung ~ Bronchus and lung
        hypothalamus cell ~ Hypothalamus
        bone marrow cell ~ Bone marrow
        red bone marrow ~ Bone marrow
        axial skeletal system ~ Skeletal system
        rib skeletal system ~ Skeletal system
        cranial skeletal system ~ Skeletal system
        Malignant neoplasm of skeletal system ~ Skeletal system
        Malignant tumor of digestive organ ~ Digestive organ
        Malignant tumor of large intestine ~ Large intestine
        Large intestine excision ~ Large intestine
        small intestine venule ~ Small intestine
        wall of small intestine ~ Small intestine
        External auditory canal ~ Internal auditory canal
        endocrine pancreas ~ Exocrine and endocrine pancreas
        exocrine pancreas ~ Exocrine and endocrine pancreas
        exocrine system ~ Endocrine system
        prostate bud ~ Prostate
        prostate duct ~ Prostate
        Prostate mass ~ Prostate
        prostate gland stroma ~ Prostate gland
        Neoplasm, malignant of prostate gland ~ Prostate gland
        Malignant neoplasm of cervix uteri ~ Cervix uteri
        Malignant neoplasm of gallbladder ~ Gallbladder
        gall bladder serosa ~ Gall bladder
        Malignant neoplasm of thyroid gland ~ Thyroid gland
        thyroid gland medulla ~ Thyroid gland
        Malignant tumor of head and neck ~ Head and neck
        adrenal gland capsule ~ Adrenal gland
        cerebral cortex glial cell ~ Cerebral cortex
        cerebral subcortex ~ Cerebral cortex
        deep femoral artery ~ Femoral artery
        mediastinum testis ~ Mediastinum
        Anal structure ~ Adrenal structure
        Bone structure ~ Bone structure of head
        Lymphatic system excision ~ Lymphatic system
        Malignant tumor of upper limb ~ Upper limb
        intrahepatic bile duct ~ Liver and intrahepatic bile ducts
        surface structure ~ Face structure
        Breast fed ~ Breasts
        Mass of thoracic structure ~ Thoracic structure
        shoulder bone ~ Shoulder
        Malignant neoplasm of soft tissue ~ Soft tissue
        vasculature of musculoskeletal system ~ Structure of musculoskeletal system
    """,
    Axis.MODALITY: """
        Magnetic resonance imaging guidance ~ Magnetic resonance imaging
        Low dose ~ Low-dose CT
        T1 weighted ~ T1-weighted MRI
        Radiotherapy ~ Radiotherapy plan
        Histologic test ~ Histologic
        Histological grades ~ Histological
        MR imaging coil ~ MR imaging
        Ultrasound scan finding ~ Ultrasound scan
        Segmentation Method ~ Segmentation
        Intravascular Optical Coherence Tomography ~ Optical coherence tomography
        Mammography normal ~ Mammography
        Mammography finding ~ Mammography
        CT scan mode ~ CT scan
        Radiographic imaging procedure ~ Radiographic imaging
    """,
    Axis.MANUFACTURER: """
        Molecular imaging ~ Siemens Molecular Imaging
        Nuclear medicine ~ Philips Nuclear Medicine
    """,
}

PAIRS = [
    (axis, *(part.strip() for part in line.split(" ~ ")))
    for axis, lines in ALIKE.items()
    for line in lines.strip().splitlines()
]


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return load_aligner(load_scheme())


def test_there_are_a_hundred_of_them_and_each_looks_like_its_neighbour() -> None:
    assert len({word for _, word, _ in PAIRS}) >= 100
    assert min(likeness(word, ours) for _, word, ours in PAIRS) >= 0.6


@pytest.mark.parametrize(("axis", "word", "ours"), PAIRS, ids=str)
def test_a_name_that_only_looks_similar_does_not_align(
    aligner: Aligner, axis: Axis, word: str, ours: str
) -> None:
    (meant,) = aligner.align(ours, axis)
    assert meant.concept
    assert meant.concept not in {each.concept for each in aligner.align(word, axis)}


@pytest.mark.parametrize(
    ("axis", "ours"), sorted({(axis, ours) for axis, _, ours in PAIRS if "," not in ours}), ids=str
)
def test_a_slip_of_one_letter_does_not_align(aligner: Aligner, axis: Axis, ours: str) -> None:
    """It is more like ours than any neighbour is, and yet a person decides."""
    slip = ours[:-3] + ours[-2:]
    assert [each.concept for each in aligner.align(slip, axis)] == [None]


def likeness(one: str, other: str) -> float:
    first, second = trigrams(one), trigrams(other)
    return len(first & second) / len(first | second)


def trigrams(name: str) -> set[str]:
    padded = f"  {normalise_label(name)} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
