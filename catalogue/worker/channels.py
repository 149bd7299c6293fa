"""How a notice reaches people: by mail, or as JSON posted to a webhook."""

import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import httpcore
import httpx

from catalogue.ledger import Condition, Notice
from catalogue.settings import Settings

_SECONDS: Final = 5.0
_TIMES: Final = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), _SECONDS)}
_NETWORK_ERRORS: Final = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
_LONGEST_TITLE: Final = 120
_HEADINGS: Final[Mapping[tuple[Condition, Condition], str]] = MappingProxyType(
    {
        (Condition.FAILING, Condition.WELL): "is harvested again",
        (Condition.HELD, Condition.WELL): "is harvested again, nothing is held",
    }
)
_BEGINNINGS: Final = {Condition.FAILING: "cannot be harvested", Condition.HELD: "has a harvest that is held"}


class NotDeliveredError(Exception):
    """One sentence without any secret."""


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    def send(self, notice: Notice) -> None:
        """Raise ``NotDeliveredError``; a notice that is sent twice has the same id."""


def channels_of(settings: Settings) -> tuple[Channel, ...]:
    """Those that are set."""
    found: list[Channel] = []
    if settings.smtp_url.get_secret_value() and settings.notice_to:
        found.append(_mail(settings))
    if url := settings.notice_webhook.get_secret_value():
        secret = settings.notice_webhook_secret.get_secret_value()
        found.append(Webhook(url, secret, settings.base_url, settings.ca_bundle))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Mail:
    """``security`` is ``""``, ``"starttls"`` or ``"tls"``."""

    host: str
    port: int
    security: str
    user: str = field(repr=False)
    password: str = field(repr=False)
    sender: str
    receivers: tuple[str, ...]
    site: str
    ca_bundle: Path | None
    name: str = "mail"

    def send(self, notice: Notice) -> None:
        try:
            with self._connected() as server:
                if self.security == "starttls":
                    server.starttls(context=_trust(self.ca_bundle))
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(self._message(notice))
        except smtplib.SMTPResponseException as error:
            raise NotDeliveredError(f"mail: {self.host} refuses ({error.smtp_code})") from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise NotDeliveredError(f"mail: {self.host}: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=_trust(self.ca_bundle))
        return smtplib.SMTP(self.host, self.port, timeout=_SECONDS)

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = ", ".join(self.receivers)
        message["Subject"] = f"[catalogue] {heading(notice)}"
        message["Date"] = format_datetime(notice.at)
        message["Message-ID"] = f"<notice-{notice.id}@{urlsplit(self.site).hostname}>"
        # No out-of-office answer is wanted (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{_printable(notice.text)}\n\n{_address(self.site, notice)}\n")
        return message


@dataclass(frozen=True, slots=True)
class Webhook:
    """With a ``secret`` each body is signed (HMAC-SHA256), so that its receiver knows where it comes from."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    site: str
    ca_bundle: Path | None
    name: str = "webhook"

    def send(self, notice: Notice) -> None:
        body = json.dumps(self._said(notice)).encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("X-Catalogue-Notice", str(notice.id)),
        ]
        if self.secret:
            digest = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            headers.append(("X-Catalogue-Signature", f"sha256={digest}"))
        where = f"webhook: {urlsplit(self.url).hostname}"
        try:
            # httpx would write the address into the log, and that is often a secret itself.
            with (
                httpcore.ConnectionPool(ssl_context=_trust(self.ca_bundle)) as pool,
                pool.stream("POST", self.url, headers=headers, content=body, extensions=_TIMES) as answer,
            ):
                status = answer.status  # whatever it says is not read
        except (*_NETWORK_ERRORS, OSError, ValueError) as error:
            raise NotDeliveredError(f"{where}: {type(error).__name__}") from error
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotDeliveredError(f"{where} answers {status}")

    def _said(self, notice: Notice) -> dict[str, object]:
        return {
            "id": notice.id,
            "source": notice.source,
            "title": notice.title,
            "condition": str(notice.kind),
            "before": str(notice.before),
            "run": notice.run,
            # Under this name the usual chat services look for what they show.
            "text": f"{heading(notice)}\n{notice.text}\n{_address(self.site, notice)}",
            "at": notice.at.isoformat(),
            "address": _address(self.site, notice),
        }


def heading(notice: Notice) -> str:
    """One line, whatever its provider put into the title."""
    what = _HEADINGS.get((notice.before, notice.kind)) or _BEGINNINGS.get(notice.kind, "is harvested")
    title = " ".join(_printable(notice.title).split())
    if len(title) > _LONGEST_TITLE:
        title = f"{title[:_LONGEST_TITLE]}…"
    return f"{title} ({notice.source}) {what}"


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "\n" if one == "\n" else " " for one in text)


def _address(site: str, notice: Notice) -> str:
    return f"{site}/runs/{notice.run}" if notice.run else f"{site}/admin/harvest"


def _mail(settings: Settings) -> Mail:
    parts = urlsplit(settings.smtp_url.get_secret_value())
    security = "tls" if parts.scheme == "smtps" else parts.query
    usual = {"tls": 465, "starttls": 587}.get(security, 25)
    return Mail(
        host=parts.hostname or "",
        port=parts.port or usual,
        security=security,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=settings.notice_from or settings.notice_to[0],
        receivers=settings.notice_to,
        site=settings.base_url,
        ca_bundle=settings.ca_bundle,
    )


def _trust(ca_bundle: Path | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_bundle:
        context.load_verify_locations(cafile=ca_bundle)
    return context
