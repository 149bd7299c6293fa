"""How the facts of a collection, or of a result made from one, read as a short English text.

The nodes need a description each; every word here is composed from the facts, none is the source's prose.
"""

from typing import Final

from catalogue.sample.facts import AnalysisResult, Collection, stated, values

_IMAGES: Final = {
    "CR": "computed radiography",
    "CT": "computed tomography",
    "DX": "digital radiography",
    "MG": "mammography",
    "MR": "magnetic resonance imaging",
    "NM": "nuclear medicine imaging",
    "PT": "positron emission tomography",
    "RF": "fluoroscopy",
    "SM": "slide microscopy",
    "US": "ultrasound",
    "XA": "X-ray angiography",
    "XC": "photography",
}
_RESULTS: Final = {
    "ANN": "microscopy annotations",
    "KO": "key objects",
    "PR": "presentation states",
    "REG": "registrations",
    "RTDOSE": "radiotherapy doses",
    "RTPLAN": "radiotherapy plans",
    "RTSTRUCT": "contours",
    "SEG": "segmentations",
    "SR": "structured reports",
}
_SUBJECTS: Final = {
    "Canine": ("dog", "dogs"),
    "Human": ("patient", "patients"),
    "Mouse": ("mouse", "mice"),
    "Phantom": ("phantom", "phantoms"),
}
_LISTED: Final = 5


def description(collection: Collection) -> str:
    """One to three sentences: what was imaged and how much, which cancers, what else comes with it."""
    sentences = (_images(collection), _cancers(collection), _supporting(collection))
    return " ".join(sentence for sentence in sentences if sentence)


def result_description(result: AnalysisResult) -> str:
    """Two sentences: what was made, from which collections."""
    made = _joined(tuple(_RESULTS[code] for code in stated(result.modalities) if code in _RESULTS))
    patients, studies = (
        _number(result.patients, "patient", "patients"),
        _number(result.studies, "study", "studies"),
    )
    named = result.collections[:_LISTED]
    more = len(result.collections) - len(named)
    sources = _joined((*named, f"{more} more collections") if more else named)
    text = f"{made or 'results'} for images of {patients}, {studies}"
    return f"{text[0].upper()}{text[1:]}. Made from {sources}."


def _images(collection: Collection) -> str:
    codes = stated(collection.modalities)
    images = _joined(tuple(_IMAGES[code] for code in codes if code in _IMAGES)) or "images"
    sites = _joined(tuple(dict.fromkeys(_site(name) for name in values(collection.tumour_locations))))
    results = _joined(tuple(_RESULTS[code] for code in codes if code in _RESULTS))
    studies = _number(collection.studies, "study", "studies")
    text = f"{images} of {sites or 'unstated sites'} in {_subjects(collection)}, {studies}"
    return f"{text[0].upper()}{text[1:]}{f', with {results}' if results else ''}."


def _site(name: str) -> str:
    return "various sites" if name == "Various" else name.lower()


def _subjects(collection: Collection) -> str:
    """Call a phantom a phantom, whatever species the source gives it."""
    kind = "Phantom" if "Phantom" in values(collection.cancer_types) else collection.species
    return _number(collection.patients, *_SUBJECTS.get(kind, ("subject", "subjects")))


def _cancers(collection: Collection) -> str:
    cancers = values(collection.cancer_types)
    if len(cancers) > _LISTED:
        return f"{len(cancers)} cancer types, among them {_joined(cancers[:3])}."
    return f"Cancer types: {', '.join(cancers)}." if len(cancers) > 1 else f"Cancer type: {cancers[0]}."


def _supporting(collection: Collection) -> str:
    kinds = ", ".join(values(collection.supporting_data))
    return f"Supporting data: {kinds.lower()}." if kinds else ""


def _number(amount: int, one: str, many: str) -> str:
    return f"{amount:,} {one if amount == 1 else many}"


def _joined(words: tuple[str, ...]) -> str:
    *first, last = words or ("",)
    return f"{', '.join(first)} and {last}" if first else last
