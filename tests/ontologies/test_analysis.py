"""The tokens of difficult strings, pinned: a change here is a change of ``ANALYSIS_VERSION``."""

import tracemalloc

import pytest

from ontologies.analysis import MAX_TOKEN, analyse, normalise_label, token_text, tokens

# What is indexed and searched of a text, as English.
ANALYSED = {
    "": "",
    "   ": "",
    "...": "",
    "Lung cancer": "lung cancer",
    "LUNG CANCERS": "lung cancer",
    "tumours": "tumor",
    "Tumor": "tumor",
    "tumoural": "tumor",
    "oesophagus": "esophagus",
    "Œsophagus": "esophagus",
    "gastro-oesophageal": "gastro esophag",
    "paediatric": "pediatr",
    "haemangioma": "hemangioma",
    "leukaemia": "leukemia",
    "Leukemias": "leukemia",
    "oedema": "edema",
    "caecum": "cecum",
    "gynaecology": "gynecolog",
    "anaesthesia": "anesthesia",
    "oestrogen": "estrogen",
    "foetal": "fetal",
    "fibre centre grey": "fiber center gray",
    "randomised": "random",
    "randomized": "random",
    "optimisation": "optim",
    "labelled": "label",
    "analysed": "analyz",
    "colour": "color",
    "hour four tour": "hour four tour",
    "HER2+": "her2",
    "ER-/PR-": "er pr",
    "T2-weighted": "t2 weight",
    "T₂": "t2",
    "PI-RADS": "pi rad",
    "non-small-cell": "non small cell",
    "Non-Hodgkin's": "non hodgkin s",
    "patient's": "patient s",
    "patient’s": "patient s",
    "10.7937/K9/TCIA.2016": "10 7937 k9 tcia 2016",
    "99.9%": "99 9",
    "CLIN1000075": "clin1000075",
    "under_score": "under score",
    "Prostate-MRI-US-Biopsy": "prostat mri us biopsi",
    "segmentations": "segment",
    "straße": "strass",
    "Größe": "gross",
    "naïve café": "naiv cafe",
    "e\u0301tude": "etud",
    "ﬁne ﬂow": "fine flow",
    "Ångström": "angstrom",
    "ŁÓDŹ": "lodz",
    "İstanbul": "istanbul",
    "Ærø": "aero",
    "β-catenin": "β catenin",
    "µm": "μm",
    "ΣΊΣΥΦΟΣ": "σισυφοσ",
    "½": "1 2",
    "Ⅳ": "iv",
    "１２３": "123",
    "㎏": "kg",
    "Рак лёгкого": "рак легкого",
    "肺癌": "肺癌",
    "سرطان الرئة": "سرطان الرية",
    "one\x00two": "one two",
    "a\u00a0b\u200bc": "a b c",
    "soft\u00adhyphen": "soft hyphen",
    "emoji 🫁 lung": "emoji lung",
    "<b>CT</b>": "b ct b",
}


@pytest.mark.parametrize(("text", "analysed"), ANALYSED.items(), ids=map(repr, ANALYSED))
def test_the_analysis_of_a_difficult_string_is_pinned(text: str, analysed: str) -> None:
    assert analyse(text) == analysed


def test_offsets_point_at_the_words_as_they_were_written() -> None:
    text = "Œdème: 2 ½ Tumours, naïve LUNG"
    written = [text[token.start : token.end] for token in tokens(text, "en")]
    assert written == ["Œdème", "2", "½", "½", "Tumours", "naïve", "LUNG"]


def test_offsets_are_the_same_for_ascii_and_for_the_rest() -> None:
    ascii_only = tokens("T2-weighted MR of the breast", "en")
    with_accent = tokens("T2-weighted MR of the breast é", "en")
    assert with_accent[:-1] == ascii_only


def test_an_undeclared_language_is_folded_and_not_stemmed() -> None:
    assert token_text("Tumours of the Œsophagus") == "tumors of the esophagus"
    assert token_text("Tumours", "tlh") == "tumors"


def test_a_declared_language_is_stemmed_by_its_own_rules() -> None:
    assert token_text("Lungenkrebserkrankungen", "de") == "lungenkrebserkrank"
    assert token_text("tumeurs", "fr-BE") == "tumeur"


def test_no_token_is_longer_than_the_engines_take() -> None:
    found = tokens("A" * 10_000)
    assert [len(token.text) for token in found] == [MAX_TOKEN]
    assert (found[0].start, found[0].end) == (0, 10_000)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sarcomas", "sarcoma"),
        ("Malignant neoplasm of lung", "Lung Cancer"),
        ("Malignant tumour of the prostate", "prostate cancer"),
        ("Neoplasm, malignant of colon, NOS", "Colon cancer"),
        ("CA - Cancer of breast", "Breast cancer"),
        ("Adenocarcinoma of colon", "Colon Adenocarcinoma"),
        ("Squamous cell carcinoma, NOS, of lung, NOS", "lung squamous cell carcinoma"),
        ("Renal Cell Carcinoma, Not Otherwise Specified", "renal cell carcinoma"),
        ("Oesophageal tumours", "esophageal tumor"),
        ("Non-small cell lung cancer", "NON SMALL-CELL LUNG CANCER"),
        ("Acute myeloid leukaemia", "Acute Myeloid Leukemia"),
        ("Liver metastases", "liver metastasis"),
    ],
)
def test_two_spellings_of_one_name_are_one_label(one: str, other: str) -> None:
    assert normalise_label(one) == normalise_label(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Neoplasm of lung", "Lung cancer"),
        ("Lung", "Lung cancer"),
        ("Lung nodule", "Lung cancer"),
        ("Carcinoma of lung", "Adenocarcinoma of lung"),
        ("Primary malignant neoplasm of lung", "Malignant neoplasm of lung"),
        ("Secondary malignant neoplasm of liver", "Malignant neoplasm of liver"),
        ("Small cell lung cancer", "Non-small cell lung cancer"),
        ("Pelvis", "Pelvi"),
    ],
)
def test_two_names_that_differ_in_meaning_stay_two_labels(one: str, other: str) -> None:
    assert normalise_label(one) != normalise_label(other)


def test_normalising_a_label_twice_is_normalising_it_once() -> None:
    for text in ANALYSED:
        once = normalise_label(text)
        assert normalise_label(once) == once


def test_all_characters_of_unicode_fill_no_memory() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    tracemalloc.start()
    tokens(every[::7])
    tokens(every[3::7])
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 5_000_000


def test_endless_words_are_not_remembered() -> None:
    tracemalloc.start()
    for number in range(500):
        normalise_label(f"{number}x" + "\u00e9" * 1_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 100_000
