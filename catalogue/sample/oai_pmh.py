"""How a node answers OAI-PMH 2.0: its sets, its records, the errors it knows.

Day granularity, pages of ten, deleted records kept for ever. A resumption token holds the whole request, so
that the node keeps nothing between two of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape, quoteattr

from catalogue.sample.payloads import FORMATS, Format

_PAGE: Final = 10
_NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LIST: Final = frozenset({"metadataPrefix", "set", "from", "until"})


@dataclass(frozen=True, slots=True)
class Held:
    """A record; ``write`` gives its metadata in a format."""

    identifier: str
    datestamp: date
    set: str
    write: Callable[[Format], str]


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that was deleted."""

    identifier: str
    datestamp: date
    set: str


Entry = Held | Gone


class _Refused(Exception):
    """An error of the protocol (OAI-PMH 2.0, 3.6), by its code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Request:
    """A list request: what is asked for, and from where on it goes on."""

    format: Format
    arguments: Mapping[str, str]
    cursor: int


class Repository:
    """``sets`` are names by specification; ``domain`` is the middle part of all identifiers."""

    def __init__(
        self, url: str, title: str, *, domain: str, sets: Mapping[str, str], entries: Iterable[Entry]
    ) -> None:
        self._url = url
        self._title = title
        self._domain = domain
        self._sets = sets
        ordered = sorted(entries, key=lambda entry: (entry.datestamp, entry.identifier))
        self._entries = {entry.identifier: entry for entry in ordered}

    def answer(self, arguments: Sequence[tuple[str, str]], now: datetime) -> bytes:
        """``arguments`` are those of the query string or of the form, in their order."""
        shown = dict(arguments)
        try:
            verb, inner = self._performed(arguments)
            body = f"<{verb}>{inner}</{verb}>"
        except _Refused as error:
            body = f'<error code="{error.code}">{escape(str(error))}</error>'
            shown = {} if error.code in ("badVerb", "badArgument") else shown
        request = "".join(f" {name}={quoteattr(value)}" for name, value in shown.items())
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<OAI-PMH xmlns="{_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            f' xsi:schemaLocation="{_NAMESPACE} {_NAMESPACE}OAI-PMH.xsd">'
            f"<responseDate>{now:%Y-%m-%dT%H:%M:%SZ}</responseDate>"
            f"<request{request}>{escape(self._url)}</request>{body}</OAI-PMH>\n"
        )
        return text.encode()

    def _performed(self, arguments: Sequence[tuple[str, str]]) -> tuple[str, str]:
        given = dict(arguments)
        verb = given.pop("verb", "")
        if verb not in _VERBS or [name for name, _ in arguments].count("verb") != 1:
            raise _Refused("badVerb", "one of the six verbs is needed, once")
        if len(given) != len(arguments) - 1:
            raise _Refused("badArgument", "an argument is given twice")
        if not all(value.isprintable() for value in given.values()):
            raise _Refused("badArgument", "a value holds what XML cannot")
        return verb, _VERBS[verb](self, given)

    def identify(self, given: Mapping[str, str]) -> str:
        _check(given)
        first = next(iter(self._entries.values()))
        identifier = f"{_NAMESPACE}oai-identifier"
        return (
            f"<repositoryName>{escape(self._title)}</repositoryName><baseURL>{escape(self._url)}</baseURL>"
            "<protocolVersion>2.0</protocolVersion><adminEmail>sample@node.example</adminEmail>"
            f"<earliestDatestamp>{first.datestamp}</earliestDatestamp>"
            "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DD</granularity>"
            f'<description><oai-identifier xmlns="{identifier}"'
            f' xsi:schemaLocation="{identifier} {identifier}.xsd"><scheme>oai</scheme>'
            f"<repositoryIdentifier>{self._domain}</repositoryIdentifier><delimiter>:</delimiter>"
            f"<sampleIdentifier>{first.identifier}</sampleIdentifier></oai-identifier></description>"
        )

    def list_formats(self, given: Mapping[str, str]) -> str:
        _check(given, optional=frozenset({"identifier"}))
        if "identifier" in given:
            self._entry(given["identifier"])
        return "".join(
            f"<metadataFormat><metadataPrefix>{one.prefix}</metadataPrefix><schema>{one.schema}</schema>"
            f"<metadataNamespace>{one.namespace}</metadataNamespace></metadataFormat>"
            for one in FORMATS.values()
        )

    def list_sets(self, given: Mapping[str, str]) -> str:
        _check(given, optional=frozenset({"resumptionToken"}))
        if "resumptionToken" in given:
            raise _Refused("badResumptionToken", "all sets stand on one page")
        return "".join(
            f"<set><setSpec>{spec}</setSpec><setName>{escape(name)}</setName></set>"
            for spec, name in self._sets.items()
        )

    def get_record(self, given: Mapping[str, str]) -> str:
        _check(given, required=frozenset({"identifier", "metadataPrefix"}))
        return _record(self._entry(given["identifier"]), _format(given["metadataPrefix"]))

    def list_records(self, given: Mapping[str, str]) -> str:
        return self._page(given, _record)

    def list_identifiers(self, given: Mapping[str, str]) -> str:
        return self._page(given, lambda entry, _: _header(entry))

    def _page(self, given: Mapping[str, str], written: Callable[[Entry, Format], str]) -> str:
        request = _resumed(given) if "resumptionToken" in given else _begun(given)
        found = self._matching(request.arguments)
        if request.cursor and request.cursor >= len(found):
            raise _Refused("badResumptionToken", "the list ends before this")
        if not found:
            raise _Refused("noRecordsMatch", "no record is of that set and those days")
        shown = found[request.cursor : request.cursor + _PAGE]
        return "".join(written(entry, request.format) for entry in shown) + _token(request, len(found))

    def _matching(self, wanted: Mapping[str, str]) -> list[Entry]:
        earliest, latest = _day(wanted, "from") or date.min, _day(wanted, "until") or date.max
        if earliest > latest:
            raise _Refused("badArgument", "from is later than until")
        within = wanted.get("set", "")
        return [
            entry
            for entry in self._entries.values()
            if earliest <= entry.datestamp <= latest and (not within or _belongs(entry, within))
        ]

    def _entry(self, identifier: str) -> Entry:
        if identifier not in self._entries:
            raise _Refused("idDoesNotExist", "there is no such record")
        return self._entries[identifier]


_VERBS: Final[Mapping[str, Callable[[Repository, Mapping[str, str]], str]]] = {
    "Identify": Repository.identify,
    "ListMetadataFormats": Repository.list_formats,
    "ListSets": Repository.list_sets,
    "ListIdentifiers": Repository.list_identifiers,
    "ListRecords": Repository.list_records,
    "GetRecord": Repository.get_record,
}


def _check(
    given: Mapping[str, str],
    *,
    required: frozenset[str] = frozenset(),
    optional: frozenset[str] = frozenset(),
) -> None:
    if missing := required - set(given):
        raise _Refused("badArgument", f"missing: {', '.join(sorted(missing))}")
    if unknown := set(given) - required - optional:
        raise _Refused("badArgument", f"not allowed here: {', '.join(sorted(unknown))}")


def _begun(given: Mapping[str, str]) -> _Request:
    _check(given, required=frozenset({"metadataPrefix"}), optional=_LIST)
    return _Request(_format(given["metadataPrefix"]), given, 0)


def _resumed(given: Mapping[str, str]) -> _Request:
    """Tokens are our own answers: anything else in their place is no token of ours."""
    _check(given, required=frozenset({"resumptionToken"}))
    held = dict(parse_qsl(given["resumptionToken"]))
    cursor, prefix = held.pop("cursor", ""), held.get("metadataPrefix", "")
    if not cursor.isascii() or not cursor.isdigit() or prefix not in FORMATS or set(held) - _LIST:
        raise _Refused("badResumptionToken", "this token was not given out here")
    return _Request(FORMATS[prefix], held, int(cursor))


def _token(request: _Request, total: int) -> str:
    following = request.cursor + _PAGE
    if total <= _PAGE:
        return ""
    text = urlencode({**request.arguments, "cursor": following}) if following < total else ""
    place = f'completeListSize="{total}" cursor="{request.cursor}"'
    return f"<resumptionToken {place}>{escape(text)}</resumptionToken>"


def _format(prefix: str) -> Format:
    if prefix not in FORMATS:
        raise _Refused("cannotDisseminateFormat", f"known formats: {', '.join(FORMATS)}")
    return FORMATS[prefix]


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _Refused("badArgument", f"{name} is a day here, YYYY-MM-DD")


def _belongs(entry: Entry, wanted: str) -> bool:
    """A set holds all that the sets below it hold (``collections:cmb``)."""
    return entry.set == wanted or entry.set.startswith(f"{wanted}:")


def _record(entry: Entry, wanted: Format) -> str:
    match entry:
        case Held():
            return f"<record>{_header(entry)}<metadata>{entry.write(wanted)}</metadata></record>"
        case Gone():
            return f"<record>{_header(entry)}</record>"


def _header(entry: Entry) -> str:
    status = ' status="deleted"' if isinstance(entry, Gone) else ""
    return (
        f"<header{status}><identifier>{escape(entry.identifier)}</identifier>"
        f"<datestamp>{entry.datestamp}</datestamp><setSpec>{entry.set}</setSpec></header>"
    )
