"""An OAI-PMH repository on the scripted provider: pages of small records, as a test wants them."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlencode

from tests.harvesters.scripted_provider import Answer, Provider

ENVELOPE = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-03-01T12:00:00Z</responseDate>'
    "{}</OAI-PMH>"
)
DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title></oai_dc:dc>'
)


def record(name: str, *, datestamp: str = "2026-01-01", metadata: str | None = None) -> str:
    described = f"<metadata>{DC.format(name) if metadata is None else metadata}</metadata>"
    return f"<record>{header(name, datestamp)}{described}</record>"


def deleted(name: str) -> str:
    gone = header(name, "2026-02-02").replace("<header>", '<header status="deleted">')
    return f"<record>{gone}</record>"


def header(name: str, datestamp: str) -> str:
    return f"<header><identifier>{name}</identifier><datestamp>{datestamp}</datestamp></header>"


def error(code: str) -> str:
    return f'<error code="{code}">told by the test</error>'


class Repository:
    """``first`` and ``after`` put a page's content where the source will ask for it."""

    def __init__(self, provider: Provider, path: str = "/oai") -> None:
        self.provider = provider
        self.path = path
        self.identify("YYYY-MM-DD")
        self.answer({"verb": "ListMetadataFormats"}, formats("oai_dc"))

    def identify(self, granularity: str) -> None:
        self.answer({"verb": "Identify"}, f"<Identify><granularity>{granularity}</granularity></Identify>")

    def first(self, *records: str, token: str = "", total: int | None = None, **arguments: str) -> None:
        asked = {"metadataPrefix": "oai_dc", **arguments, "verb": "ListRecords"}
        self.answer(asked, page(*records, token=token, total=total))

    def after(self, asked_token: str, *records: str, token: str = "", total: int | None = None) -> None:
        self.put(asked_token, page(*records, token=token, total=total))

    def put(self, asked_token: str, content: str) -> None:
        self.answer({"verb": "ListRecords", "resumptionToken": asked_token}, content)

    def answer(self, arguments: dict[str, str], content: str) -> None:
        self.raw(arguments, Answer(ENVELOPE.format(content).encode(), "text/xml"))

    def raw(self, arguments: dict[str, str], answer: Answer) -> None:
        self.provider.answers[f"{self.path}?{urlencode(arguments)}"] = answer

    def in_turn(self, asked_token: str, *contents: str) -> None:
        """Answer one thing the first time, another the second, and the last one for ever."""
        stream = _in_turn(iter(contents[:-1]), contents[-1])
        self.raw(
            {"verb": "ListRecords", "resumptionToken": asked_token}, Answer(b"", "text/xml", stream=stream)
        )


def page(*records: str, token: str = "", total: int | None = None) -> str:
    size = "" if total is None else f' completeListSize="{total}"'
    return f"<ListRecords>{''.join(records)}<resumptionToken{size}>{token}</resumptionToken></ListRecords>"


def formats(*prefixes: str) -> str:
    listed = "".join(
        f"<metadataFormat><metadataPrefix>{one}</metadataPrefix></metadataFormat>" for one in prefixes
    )
    return f"<ListMetadataFormats>{listed}</ListMetadataFormats>"


def _in_turn(first: Iterator[str], last: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def stream(handler: BaseHTTPRequestHandler) -> None:
        handler.end_headers()
        handler.wfile.write(ENVELOPE.format(next(first, last)).encode())

    return stream
