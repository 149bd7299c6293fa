"""Provider nodes of three kinds with twelve records each, sound until a test puts a fault into them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Protocol
from urllib.parse import parse_qsl, urlsplit

from tests.harvesters.living_repository import LivingRepository, daily
from tests.harvesters.scripted_provider import PREFIXES, Answer, Provider

RECORDS: Final = 12
PAGE: Final = 4
FDP_WORDS: Final = (
    "@prefix fdp: <https://w3id.org/fdp/fdp-o#> .\n@prefix ldp: <http://www.w3.org/ns/ldp#> .\n"
)

# What an OAI-PMH node says of a request, or None where it is to answer as ever.
Say = Callable[[Mapping[str, str]], Answer | None]


class Node(Protocol):
    """``url`` is where its harvest begins; ``heal`` takes every fault out again."""

    kind: str
    provider: Provider

    @property
    def url(self) -> str: ...

    def heal(self) -> None: ...


class DcatNode:
    """Three Turtle pages joined by Hydra links, each of which says the total."""

    kind = "dcat"
    is_tagged = False

    def __init__(self, provider: Provider, name: str) -> None:
        self.provider = provider
        self._name = name
        self.heal()

    @property
    def url(self) -> str:
        return f"{self.provider.url}/c?page=1"

    def heal(self) -> None:
        self.provider.answers.clear()
        self.provider.otherwise = lambda _: Answer(status=404)
        self.lay_out(self.datasets())

    def datasets(self, numbers: Iterable[int] = range(RECORDS)) -> list[str]:
        return [self.dataset(number) for number in numbers]

    def dataset(self, number: int, *, subject: str = "", title: str = "", more: str = "") -> str:
        subject = subject or f"<{self.provider.url}/d/{number}>"
        return (
            f'{subject} a dcat:Dataset ; dct:title "{title or f"{self._name} {number}"}" ; '
            f'dct:identifier "https://doi.org/10.5072/{self._name}.{number}" ; '
            f'dct:description "CT of {100 + number} people" {more}.'
        )

    def lay_out(self, datasets: list[str], *, total: int | None = RECORDS) -> None:
        """Serve these in pages of four; without a ``total`` the list says nothing of its size."""
        pages = [datasets[start : start + PAGE] for start in range(0, len(datasets), PAGE)] or [[]]
        for number, shown in enumerate(pages, start=1):
            self.page(number, shown, total=total, following=number + 1 if number < len(pages) else None)

    def page(
        self,
        number: int,
        datasets: list[str],
        *,
        total: int | None = RECORDS,
        following: int | str | None = None,
    ) -> None:
        """``following`` is the next page's number, or its whole address."""
        tag = {"ETag": f'"{number}"'} if self.is_tagged else {}
        body = self.turtle(datasets, total=total, following=following)
        self.provider.answers[f"/c?page={number}"] = Answer(body, headers=tag)

    def turtle(
        self, datasets: list[str], *, total: int | None = RECORDS, following: int | str | None = None
    ) -> bytes:
        said = "" if total is None else f"hydra:totalItems {total} ; "
        if following is not None:
            link = following if isinstance(following, str) else f"{self.provider.url}/c?page={following}"
            said += f"hydra:next <{link}> ; "
        catalogue = f"<{self.provider.url}/c> a dcat:Catalog ; {said}dct:title 'C' ."
        return "\n".join([PREFIXES, catalogue, *datasets]).encode()

    def answer(self, answer: Answer, *, page: int = 2) -> None:
        """Say this in place of a page."""
        self.provider.answers[f"/c?page={page}"] = answer

    def in_turn(self, answers: Iterator[Answer], *, page: int = 2) -> None:
        """Say one after the other in place of a page."""
        path = f"/c?page={page}"
        del self.provider.answers[path]
        self.provider.otherwise = lambda asked: next(answers) if asked == path else Answer(status=404)

    def sound(self, page: int = 2) -> Answer:
        return self.provider.answers[f"/c?page={page}"]

    def body(self, page: int = 2) -> bytes:
        return self.provider.answers[f"/c?page={page}"].body


class TaggedNode(DcatNode):
    """Each page has an entity tag that stays the same whatever the page holds."""

    is_tagged = True


class FdpNode:
    """A FAIR Data Point with one catalogue, and a document for each dataset."""

    kind = "fdp"

    def __init__(self, provider: Provider, name: str) -> None:
        self.provider = provider
        self._name = name
        self.heal()

    @property
    def url(self) -> str:
        return f"{self.provider.url}/fdp"

    def heal(self) -> None:
        self.provider.answers.clear()
        self.provider.otherwise = lambda _: Answer(status=404)
        self.turtle("/fdp", f"<{self.url}> a fdp:FAIRDataPoint ; fdp:metadataCatalog <{{url}}/c> .")
        self.contain([f"{self.provider.url}/d/{number}" for number in range(RECORDS)])
        for number in range(RECORDS):
            self.turtle(
                f"/d/{number}",
                f'<{{url}}/d/{number}> a dcat:Dataset ; dct:title "{self._name} {number}" ; '
                f'dct:identifier "https://doi.org/10.5072/{self._name}.{number}" .',
            )

    def contain(self, addresses: Iterable[str]) -> None:
        listed = ", ".join(f"<{one}>" for one in addresses)
        self.turtle("/c", f"<{{url}}/c> a dcat:Catalog ; dcat:dataset {listed} .")

    def turtle(self, path: str, text: str) -> None:
        self.provider.turtle(path, FDP_WORDS + text)


class OaiNode:
    """An OAI-PMH repository with the time of day in its dates, in pages of four."""

    kind = "oai_pmh"

    def __init__(self, provider: Provider, name: str) -> None:
        self.provider = provider
        dates = {f"oai:{name}:{number}": date for number, date in enumerate(daily(RECORDS).values(), start=1)}
        self.repository = LivingRepository(provider, dates, page=PAGE, tells_total=True)
        self.heal()

    @property
    def url(self) -> str:
        return f"{self.provider.url}/oai"

    @property
    def identifiers(self) -> list[str]:
        return list(self.repository.dates)

    def heal(self) -> None:
        self.repository.poison = {}
        self.say(lambda _: None)

    def say(self, say: Say) -> None:
        """Answer this instead, where it is something; the arguments are those of the request."""
        self.provider.otherwise = lambda path: say(arguments_of(path)) or self.sound(path)

    def sound(self, path: str) -> Answer:
        return self.repository.answer(path)

    def page(self, token: str) -> Answer:
        """What the sound repository answers to a resumption token, or at first ("")."""
        asked = f"resumptionToken={token}" if token else "metadataPrefix=oai_dc"
        return self.sound(f"/oai?verb=ListRecords&{asked}")


def arguments_of(path: str) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(path).query))


def is_page(given: Mapping[str, str], number: int) -> bool:
    """Whether a page of the list is asked for, counted from 1."""
    if given["verb"] != "ListRecords":
        return False
    place = given.get("resumptionToken", "!!0").rpartition("!")[2]
    return place == str((number - 1) * PAGE) and "until" not in given
