"""Made-up documents and searches, and short ways to say what an index holds."""

from collections.abc import Iterator
from random import Random

from catalogue.ports import (
    Document,
    FacetFilter,
    IndexQuery,
    IndexReader,
    IndexSettings,
    RangeFilter,
    Stated,
)

FACETS = ("cancer", "modality", "provider")
RANGES = ("patients", "studies", "age", "year")
SETTINGS = IndexSettings(analysis="1", scheme="a", facets=FACETS)
OTHER_SETTINGS = IndexSettings(analysis="2", scheme="a", facets=FACETS)
SEED = 20_240
BROADER = {"C1": ("C0",), "C2": ("C0",), "C11": ("C1", "C0"), "C12": ("C1", "C0"), "C9": ()}
WORDS = ("lung", "brain", "ct", "mr", "screen", "cohort", "tumor", "Aa", "über", "x" * 60)
SORTS = ("relevance", "patients", "-patients", "modified", "-modified", "title")


def made_up(random: Random, number: int) -> Document:
    own = tuple(random.sample(sorted(BROADER), random.choice((0, 1, 1, 2))))
    closure = tuple(dict.fromkeys(code for each in own for code in (each, *BROADER[each])))
    modality = tuple(random.sample(("CT", "MR", "PT"), random.choice((0, 1, 2))))
    provider = (random.choice(("north", "south")),)
    facets = {"modality": modality, "provider": provider}
    return Document(
        key=random.choice(("", "same-beginning-", "same-beginning-é")) + f"{number:03}",
        title=f"Dataset {number}",
        sort_title=random.choice(("", "alpha", "alpha beta", "alphä", "beta", f"gamma {number}")),
        provider=provider[0],
        modified=random.choice(("", "2024", "2024-01-01", "2024-02-01", "2023-12-31")),
        patients=random.choice((None, 0, 9, 10, 50, 99, 100, 499, 5_000, 10_000, 123_456)),
        studies=random.choice((None, 0, 3, 700)),
        age_lowest=random.choice((None, 0, 9, 18, 40)),
        age_highest=random.choice((None, 40, 49, 50, 120)),
        year_lowest=random.choice((None, 1979, 1999, 2010)),
        year_highest=random.choice((None, 2010, 2014, 2030)),
        counted=random.random() < 0.8,
        stated=tuple(made_up_stated(random, {"cancer": own, "modality": modality})),
        concepts={"cancer": own, **facets},
        closure={"cancer": closure, **facets},
        title_tokens=" ".join(random.choices(WORDS, k=2)),
        label_tokens=random.choice(("", "lung", "brain")),
        keyword_tokens=random.choice(("", "ct", "ct mr")),
        text_tokens=" ".join(random.choices(WORDS, k=random.randint(0, 6))),
    )


def made_up_documents(random: Random, count: int = 300) -> list[Document]:
    return [made_up(random, number) for number in range(count)]


def made_up_stated(random: Random, own: dict[str, tuple[str, ...]]) -> Iterator[Stated]:
    """Some of a document's own codes, one of them twice, and one that it has not."""
    codes = [(facet, code) for facet in own for code in own[facet]]
    for facet, code in random.choices([*codes, ("cancer", "C0")], k=random.choice((0, 0, 1, 3))):
        yield Stated(facet=facet, code=code, patients=random.choice((0, 1, 9, 1_023, 70_000)))


def made_up_query(random: Random) -> IndexQuery:
    return IndexQuery(
        tokens=tuple(random.choices((*WORDS, "absent"), k=random.choice((0, 0, 1, 2)))),
        filters=tuple(made_up_filter(random, name) for name in SETTINGS.facets if random.random() < 0.4),
        ranges=tuple(made_up_range(random, name) for name in RANGES if random.random() < 0.1),
        sort=random.choice(SORTS),
        limit=random.choice((1, 7, 50)),
        facets=SETTINGS.facets,
        histograms=random.choice((RANGES, ("patients",))),
    )


def made_up_filter(random: Random, name: str) -> FacetFilter:
    codes = {"cancer": ("C0", "C1", "C11", "C9"), "modality": ("CT", "MR"), "provider": ("north", "nowhere")}
    return FacetFilter(
        facet=name,
        wanted=tuple(random.sample(codes[name], random.choice((0, 1, 1, 2)))),
        every=random.random() < 0.3,
        missing=random.random() < 0.3,
        unwanted=tuple(random.sample(codes[name], random.choice((0, 0, 1)))),
        unwanted_missing=random.random() < 0.2,
        own=random.random() < 0.3,
    )


def made_up_range(random: Random, name: str) -> RangeFilter:
    limits = {"age": (10, 45, 60), "year": (1990, 2012, 2020)}.get(name, (9, 100, 5_000))
    least, most = random.choice((None, *limits)), random.choice((None, *limits))
    return RangeFilter(field=name, least=least, most=most)


def dataset(key: str, **facts: object) -> Document:
    plain = {"title": key, "sort_title": key, "provider": "north", "concepts": {}, "closure": {}}
    return Document.model_validate({"key": key, "title_tokens": "lung", **plain, **facts})


def keys(reader: IndexReader, query: IndexQuery | None = None) -> list[str]:
    return [hit.document.key for hit in reader.search(query or IndexQuery()).hits]
