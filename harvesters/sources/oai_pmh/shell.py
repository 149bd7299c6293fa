"""sickle's verbs over our own requests, reading and errors.

sickle reads leniently (half a page is a whole one), follows a token for ever and asks without limits; so its
requests, its parser and its loop are replaced.
"""

from collections.abc import Collection, Mapping

from sickle import Sickle  # type: ignore[import-untyped]
from sickle.iterator import OAIResponseIterator  # type: ignore[import-untyped]
from sickle.models import ResumptionToken  # type: ignore[import-untyped]
from sickle.response import OAIResponse  # type: ignore[import-untyped]

from harvesters.errors import NotMetadata, ProviderBusy, ProviderRefuses, Terminal
from harvesters.parsing.oai import OaiAnswer
from harvesters.sources.oai_pmh.asking import Asking
from harvesters.sources.oai_pmh.quirks import Quirk


class Refusal(ProviderRefuses):
    """The repository answers with an error of the protocol; ``code`` is its name there."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Unread(Terminal):
    """An answer that cannot be had or read; those to other questions may well be."""

    def __init__(self, answer: OaiAnswer) -> None:
        super().__init__(answer.unread)
        self._is_busy = answer.busy

    def in_full(self) -> ProviderBusy | NotMetadata:
        """Say it as what it is where there is no way around it."""
        return ProviderBusy(str(self)) if self._is_busy else NotMetadata(str(self))


class Shell(Sickle):  # type: ignore[misc]
    """``ListRecords`` and ``ListIdentifiers`` give pages (``Response``), following their tokens."""

    def __init__(self, asking: Asking, quirks: Collection[Quirk]) -> None:
        super().__init__(asking.config.url, iterator=_Pages)
        self.asking = asking
        self.quirks = quirks

    def harvest(self, **arguments: str) -> "Response":
        return Response(self.said(arguments), arguments)

    def said(self, arguments: Mapping[str, str]) -> OaiAnswer:
        """Raise ``Refusal`` for an error of the protocol, ``Unread`` for what cannot be had."""
        answer, verb = self.asking.ask(arguments), arguments["verb"]
        if answer.unread:
            raise Unread(answer)
        if answer.error:
            said = f"{answer.error}: {answer.error_text}".rstrip(": ")[:300]
            advice = self._advice(answer.error, arguments)
            raise Refusal(f"{self.endpoint}: {verb} is refused ({said}){advice}", answer.error)
        if answer.verb != verb:
            raise NotMetadata(f"{self.endpoint}: the answer holds no {verb}, and no error")
        return answer

    def _advice(self, code: str, arguments: Mapping[str, str]) -> str:
        """Name the switch that helps where a token is refused for what comes with it, or does not."""
        known = Quirk.PREFIX_WITH_TOKEN in self.quirks
        if code != "badArgument" or "resumptionToken" not in arguments or known:
            return ""
        return f"; if it wants the metadata prefix with the token, set quirks={Quirk.PREFIX_WITH_TOKEN}"


class Response(OAIResponse):  # type: ignore[misc]
    """A response that was read already; what sickle would parse again is not there."""

    def __init__(self, answer: OaiAnswer, arguments: Mapping[str, str]) -> None:
        super().__init__(None, arguments)
        self.answer = answer


class _Pages(OAIResponseIterator):  # type: ignore[misc]
    """One page after the other; errors and tokens come from our own reading."""

    sickle: Shell
    resumption_token: ResumptionToken | None

    def _next_response(self) -> None:
        arguments = self.params
        if self.resumption_token is not None:
            arguments = {"verb": self.verb, "resumptionToken": self.resumption_token.token}
            if Quirk.PREFIX_WITH_TOKEN in self.sickle.quirks:
                arguments["metadataPrefix"] = self.params["metadataPrefix"]
        self.oai_response = self.sickle.harvest(**arguments)
        token = self.oai_response.answer.token
        ends = not token or (token == "0" and Quirk.TOKEN_ZERO_ENDS in self.sickle.quirks)  # noqa: S105
        self.resumption_token = None if ends else ResumptionToken(token=token)
