"""The scheme: what it holds, how a concept is found in it, and its closure."""

import time
from dataclasses import replace

import pytest

from ontologies.analysis import normalise_label
from ontologies.concepts import Axis, Concept, ConceptScheme, Label, Language
from ontologies.own_scheme import load_scheme

EUCAIM = "https://cancerimage.eu/ontology/EUCAIM#"
LAUNCH_CANCERS = {
    "breast": "CLIN1000060",
    "colon": "CLIN1000057",
    "lung": "CLIN1000065",
    "prostate": "CLIN1000075",
    "rectum": "CLIN1000077",
    "liver": "CLIN1000071",
    "diffuse intrinsic pontine glioma": "CLIN1000062",
    "neuroblastoma": "CLIN1049513",
    "glioblastoma": "CLIN1007990",
}


@pytest.fixture(scope="module")
def scheme() -> ConceptScheme:
    return load_scheme()


def concept(code: str, *parents: str, axis: Axis = Axis.CANCER) -> Concept:
    return Concept(code=code, iri=f"urn:test:{code}", axis=axis, label=code, parents=parents)


def named_concept(code: str, *labels: Label) -> Concept:
    return replace(concept(code), labels=labels)


def languages(*concepts: Concept) -> tuple[Language, ...]:
    return ConceptScheme("1", concepts).languages(Axis.CANCER)


@pytest.mark.parametrize("code", LAUNCH_CANCERS.values(), ids=LAUNCH_CANCERS)
def test_every_launch_cancer_is_a_cancer_that_facets_offer(scheme: ConceptScheme, code: str) -> None:
    found = scheme.get(code)
    assert found is not None
    assert found.axis is Axis.CANCER
    assert found.shown
    assert code in scheme.narrower("CLIN1007977")


@pytest.mark.parametrize(
    ("broad", "narrow"),
    [
        ("CLIN1000065", "CLIN1062977"),  # lung cancer, lung adenocarcinoma
        ("CLIN1000065", "CLIN1063178"),  # non-small cell lung cancer
        ("CLIN1000065", "C-small-cell-lung-cancer"),
        ("CLIN1000065", "CLIN1051722"),  # primary malignant neoplasm of lung
        ("CLIN1000060", "CLIN1046256"),  # breast cancer, triple negative
        ("CLIN1000060", "CLIN1000068"),
        ("CLIN1000054", "CLIN1000057"),  # colorectal cancer, colon cancer
        ("CLIN1000054", "CLIN1000077"),
        ("CLIN1000057", "CLIN1061042"),  # adenocarcinoma of the ascending colon
        ("CLIN1007976", "CLIN1007990"),  # brain cancer, glioblastoma
        ("CLIN1007976", "CLIN1000062"),
        ("CLIN1007995", "CLIN1007990"),  # glioma, glioblastoma
        ("CLIN1007995", "C-astrocytoma"),
        ("C-melanoma", "C-uveal-melanoma"),
        ("CLIN1041458", "C-osteosarcoma"),
        ("CLIN1000058", "C-chromophobe-renal-cell-carcinoma"),
        ("BP1000067", "BP1000113"),  # chest, lung
        ("BP1000173", "BP1000105"),  # abdomen, liver
        ("BP1000092", "BP1000021"),  # pelvis, prostate
        ("IMG1000042", "IMG1004451"),  # CT, PET-CT
        ("IMG1000062", "IMG1004451"),
        ("animal", "mouse"),
        ("T-digestive", "T-rectum"),
        ("T-large-intestine", "T-sigmoid-colon"),
        ("T-lung", "T-lung-upper-lobe"),
        ("T-uterus", "T-endometrium"),
        ("T-thoracic", "T-pleura"),
        ("T-mesothelium", "T-pleura"),
        ("SPEC1000009", "SPEC10000011"),  # tier 1, tier 1C+
    ],
)
def test_what_a_clinician_takes_for_narrower_is_narrower(
    scheme: ConceptScheme, broad: str, narrow: str
) -> None:
    assert narrow in scheme.narrower(broad)
    assert broad in scheme.broader(narrow)


@pytest.mark.parametrize(
    ("broad", "narrow"),
    [
        ("CLIN1059399", "CLIN1007990"),  # no brain tumour is a head and neck cancer to those who treat them
        ("BP1000173", "BP1000092"),  # the pelvis is no part of the abdomen in a radiologist's report
        ("CLIN1000057", "CLIN1000077"),
        ("IMG1000009", "IMG1000075"),  # a segmentation is no imaging modality
        ("human", "mouse"),
        ("T-colon", "T-rectum"),
        ("T-head-and-neck", "T-brain"),
        ("SPEC1000009", "SPEC1000011"),  # tier 1, tier 2
        (
            "GENERAL_RESEARCH_USE",
            "DISEASE_SPECIFIC_RESEARCH",
        ),  # data for one disease are not for any research
    ],
)
def test_what_a_clinician_keeps_apart_is_kept_apart(scheme: ConceptScheme, broad: str, narrow: str) -> None:
    assert narrow not in scheme.narrower(broad)


def test_no_axis_root_is_broader_than_anything(scheme: ConceptScheme) -> None:
    roots = {each.code for each in scheme if not each.parents}
    assert {"CLIN1007977", "BP1000024", "IMG1000009", "IMG1000010", "COM1001396"} <= roots
    assert not any(roots & set(scheme.broader(each.code)) for each in scheme)


def test_closure_and_parents_agree(scheme: ConceptScheme) -> None:
    for each in scheme:
        assert each.code in scheme.narrower(each.code)
        for parent in each.parents:
            assert each.code in scheme.children(parent)
            assert set(scheme.narrower(each.code)) < set(scheme.narrower(parent))


def test_each_axis_names_each_of_its_concepts_once(scheme: ConceptScheme) -> None:
    for axis in Axis:
        names = [normalise_label(each.label) for each in scheme.on(axis)]
        assert len(names) == len(set(names))


def test_no_two_concepts_of_an_axis_claim_the_same_code_of_another_system(scheme: ConceptScheme) -> None:
    for axis in Axis:
        codes = [code for each in scheme.on(axis) for code in (*each.notations, *each.same_as)]
        assert len(codes) == len(set(codes))


def test_formal_names_of_snomed_are_not_carried(scheme: ConceptScheme) -> None:
    formal = (
        "(disorder)",
        "(body structure)",
        "(procedure)",
        "(qualifier value)",
        "(morphologic abnormality)",
    )
    assert not [text for each in scheme for text in (each.label, *each.synonyms) if text.endswith(formal)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("CLIN1000075", "CLIN1000075"),
        ("https://cancerimage.eu/ontology/EUCAIM#CLIN1000075", "CLIN1000075"),
        ("https://hyperontology.eucaim.cancerimage.eu/#CLIN1000075", "CLIN1000075"),
        ("EUCAIM_Hyper-Ontology_V1.0.CLIN1000075", "CLIN1000075"),
        ("eucaim:CLIN1000075", "CLIN1000075"),
        ("DOID:10283", "CLIN1000075"),
        ("DOID_10283", "CLIN1000075"),
        ("C61", "CLIN1000075"),
        ("ICD10:C61", "CLIN1000075"),
        ("SNOMEDCT363406005", "CLIN1000057"),
        ("CLIN1000084", "CLIN1000065"),
        ("IMG1000022", "IMG1000038"),
        ("RID10321", "IMG1000042"),
        ("http://dicom.nema.org/resources/ontology/DCM/PT", "IMG1000062"),
        ("C-melanoma", "C-melanoma"),
        ("urn:catalogue:concepts/C-melanoma", "C-melanoma"),
        ("birnlex_3065", "IMG1000046"),
        ("ESP", "ESP"),
        ("http://publications.europa.eu/resource/authority/country/ESP", "ESP"),
        ("UK", "GBR"),
        ("SPEC10000011", "SPEC10000011"),
        ("DOWNLOAD", "DOWNLOAD"),
        ("DUO_0000004", "NO_RESTRICTION"),
        ("http://purl.obolibrary.org/obo/DUO_0000004", "NO_RESTRICTION"),
        ("PERSONAL_DATA", "PERSONAL_DATA"),
        ("ARM", "ARM"),  # Armenia's own code goes before DICOM's for the arm
        ("MONDO_0008315", "CLIN1000075"),
        ("http://purl.obolibrary.org/obo/MONDO_0008315", "CLIN1000075"),
        ("http://purl.obolibrary.org/obo/UBERON_0002367", "BP1000021"),
        ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#C7378", "CLIN1000075"),
        ("ONCOTREE:PRAD", "CLIN1033194"),
        ("ICD-O-3: 8000/3-C61.9", "CLIN1000075"),
        (
            "CLIN1000067",
            "CLIN1000067",
        ),  # the morphology of EUCAIM is itself, and a glioblastoma on the axis of cancers
        ("https://catalogue.example/concepts/C-melanoma", "C-melanoma"),
        ("http://127.0.0.1:8000/site/concepts/CLIN1000075", "CLIN1000075"),
    ],
)
def test_a_concept_is_found_by_any_of_its_codes(scheme: ConceptScheme, value: str, code: str) -> None:
    found = scheme.find(value)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "value",
    [
        *("BRCA", "PRAD", "1612", "0008315", "MONDO:8315", "COM1000040", "8140"),
        *("", " ", "CLIN9999999", "Lung cancer", "3065", "clin1000075", "C", "1", "true", "0000004", "Image"),
        *("https://catalogue.example/concepts/C61", "https://catalogue.example/concepts/X-none"),
    ],
)
def test_what_is_no_code_finds_nothing(scheme: ConceptScheme, value: str) -> None:
    assert scheme.find(value) is None


def test_a_code_is_only_looked_for_on_the_axis_asked(scheme: ConceptScheme) -> None:
    assert scheme.find("CLIN1000075", Axis.BODYPART) is None
    prostate = scheme.find("C61", Axis.BODYPART)
    assert prostate is not None
    assert prostate.code == "BP1000021"
    assert scheme.find("https://catalogue.example/concepts/CLIN1000075", Axis.BODYPART) is None


def test_one_concept_stands_for_each_pair_of_twins(scheme: ConceptScheme) -> None:
    names = ("Magnetic resonance imaging", "Computed tomography", "Mammography", "Ultrasound")
    for name in (*names, "Positron emission tomography"):
        assert len([each for each in scheme.on(Axis.MODALITY) if each.label == name]) == 1


def test_an_unknown_code_labels_itself(scheme: ConceptScheme) -> None:
    assert scheme.label("CLIN1000065") == "Lung cancer"
    assert scheme.label("X1") == "X1"


def test_a_cycle_is_refused_with_its_path() -> None:
    with pytest.raises(ValueError, match="a > b > c > a"):
        ConceptScheme("1", [concept("a", "b"), concept("b", "c"), concept("c", "a")])


def test_two_concepts_with_one_code_are_refused() -> None:
    other = Concept(code="a", iri="urn:test:other", axis=Axis.COUNTRY, label="A")
    with pytest.raises(ValueError, match="urn:test:other and urn:test:a have the same code"):
        ConceptScheme("1", [concept("a"), other])


def test_a_cycle_far_above_is_named_from_where_it_begins() -> None:
    with pytest.raises(ValueError, match=r"concepts: b > c > b$"):
        ConceptScheme("1", [concept("a", "b"), concept("b", "c"), concept("c", "b")])


def test_a_concept_above_itself_is_refused() -> None:
    with pytest.raises(ValueError, match=r"concepts: a > a$"):
        ConceptScheme("1", [concept("a", "a")])


def test_a_chain_of_five_thousand_has_its_closure() -> None:
    deep = ConceptScheme("1", [concept("c0"), *(concept(f"c{n}", f"c{n - 1}") for n in range(1, 5_000))])
    assert len(deep.broader("c4999")) == 4_999  # the root is left out
    assert len(deep.narrower("c0")) == 5_000


def test_a_cycle_at_the_end_of_a_deep_chain_is_refused() -> None:
    chain = (concept(f"c{n}", f"c{n - 1}") for n in range(1, 5_000))
    with pytest.raises(ValueError, match=r"c0 > c4999 > .* > c4991 > \(4981 more\) > c9 > .* > c1 > c0$"):
        ConceptScheme("1", [concept("c0", "c4999"), *reversed(list(chain))])


def test_two_equal_classes_of_a_loaded_release_lead_to_one() -> None:
    loaded = ConceptScheme("1", [concept("COM1002257"), concept("COM1000045")])
    for value in ("COM1000045", EUCAIM + "COM1000045", "EUCAIM_Hyper-Ontology_V1.0.COM1000045", "COM1002257"):
        found = loaded.find(value)
        assert found is not None
        assert found.code == "COM1002257"


def test_the_second_of_two_equal_classes_is_itself_where_the_first_is_absent() -> None:
    loaded = ConceptScheme("1", [concept("COM1000045")])
    assert loaded.find("COM1000045") is loaded.get("COM1000045")


def test_a_loaded_release_takes_no_code_away_from_an_own_concept() -> None:
    own = replace(concept("own"), notations=("DOID:10283",))
    thief = replace(concept("another"), release="r1", notations=("DOID:10283",), same_as=("DOID:10283",))
    assert ConceptScheme("1", [thief, own]).find("DOID_10283") is own


def test_a_language_is_complete_once_each_concept_that_facets_show_has_a_label() -> None:
    named = named_concept("a", Label("Á", "es", reviewed=True))
    hidden = Concept(code="h", iri="urn:test:h", axis=Axis.CANCER, label="h", hidden=True)
    assert languages(named, hidden) == (Language("es", complete=True, reviewed=True),)
    assert languages(named, concept("b")) == (Language("es", complete=False, reviewed=True),)


def test_a_synonym_alone_makes_no_language_complete() -> None:
    synonym = Label("Á", "es", preferred=False, reviewed=True)
    assert languages(named_concept("a", synonym)) == (Language("es", complete=False, reviewed=True),)


def test_one_label_that_nobody_read_leaves_a_language_unreviewed() -> None:
    read, unread = Label("Á", "es", reviewed=True), Label("É", "es")
    (spanish,) = languages(named_concept("a", read), named_concept("b", unread))
    assert spanish == Language("es", complete=True, reviewed=False)
    assert not spanish.aligns


def test_languages_are_told_apart_and_by_axis() -> None:
    both = named_concept("a", Label("Á", "es", reviewed=True), Label("À", "ca"))
    scheme = ConceptScheme("1", [both, concept("s", axis=Axis.SEX)])
    assert [(each.code, each.aligns) for each in scheme.languages(Axis.CANCER)] == [
        ("ca", False),
        ("es", True),
    ]
    assert scheme.languages(Axis.SEX) == ()


def test_a_label_falls_back_to_english() -> None:
    scheme = ConceptScheme("1", [named_concept("a", Label("Á", "es"), Label("Ä", "es", preferred=False))])
    assert [scheme.label("a", language) for language in ("es", "ca", "en")] == ["Á", "a", "a"]


def test_each_axis_has_one_root_and_all_that_facets_offer_below_it(scheme: ConceptScheme) -> None:
    for axis in Axis:
        (root,) = (each for each in scheme.on(axis) if not each.parents and not each.hidden)
        assert {each.code for each in scheme.on(axis) if each.shown} <= set(scheme.narrower(root.code))


@pytest.mark.parametrize(
    ("axis", "offered"),
    [
        *((Axis.TIER, 9), (Axis.CONDITION, 3), (Axis.USE, 33), (Axis.TYPE, 3), (Axis.METHOD, 6)),
        *((Axis.LINKED, 7), (Axis.SCREENING, 2), (Axis.COUNTRY, 250), (Axis.ACCESS, 3)),
    ],
)
def test_a_closed_list_is_whole(scheme: ConceptScheme, axis: Axis, offered: int) -> None:
    assert len([each for each in scheme.on(axis) if each.shown and each.parents]) == offered


@pytest.mark.parametrize(
    ("code", "site"), [("C00.9", "T-lip"), ("C34", "T-lung"), ("C34.9", "T-lung"), ("C56.9", "T-ovary")]
)
def test_a_tumour_site_is_found_by_its_code_of_icd_o(scheme: ConceptScheme, code: str, site: str) -> None:
    found = scheme.find(code, Axis.TOPOGRAPHY)
    assert found is not None
    assert found.code == site


def test_a_parent_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="a is said to be narrower than b"):
        ConceptScheme("1", [concept("a", "b")])


def test_all_parents_count_in_a_polyhierarchy() -> None:
    scheme = ConceptScheme(
        "1", [concept("root"), concept("a", "root"), concept("b", "root"), concept("c", "a", "b")]
    )
    assert scheme.broader("c") == ("a", "b", "c")
    assert scheme.narrower("root") == ("a", "b", "c", "root")


def test_the_version_names_release_and_content(scheme: ConceptScheme) -> None:
    release, _, digest = scheme.version.partition(".")
    assert release == "2026-11"
    assert len(digest) == 8
    assert load_scheme().version == scheme.version


def test_loading_takes_no_more_than_a_moment() -> None:
    started = time.thread_time()
    load_scheme()
    took = time.thread_time() - started
    print(f"the scheme loads in {took:.3f} s")
    assert took < 3  # idle machines: 0.1


def test_the_whole_closure_takes_less_than_a_second() -> None:
    fresh = load_scheme()
    started = time.thread_time()
    pairs = sum(len(fresh.broader(each.code)) - 1 for each in fresh)
    took = time.thread_time() - started
    print(f"{pairs} pairs of narrower and broader among {len(list(fresh))} concepts in {took:.4f} s")
    assert pairs > 3_000
    assert took < 1
