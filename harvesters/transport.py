"""How a provider is asked over HTTP: politely, as whom, within limits, and never at a private address."""

import random
import time
from collections.abc import Callable, Collection
from copy import copy
from http import HTTPStatus
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import httpx

from harvesters.addresses import Resolver, check_url, endpoint, is_allowed, origin, resolve
from harvesters.credentials import Certificate, ClientCredentials, Credentials, Login, load_secrets
from harvesters.errors import AddressRefused, ProviderRefuses, Terminal, Transient
from harvesters.pauses import Paces, pause
from harvesters.proxy import Proxy
from harvesters.remembered import Remembered, Remembrance
from harvesters.session import Redirect, Reply, Request, Session, TransportLimits, Way
from harvesters.source import SourceConfig
from harvesters.tokens import MOST_BYTES, Tokens

__all__ = ["Reply", "Transport", "TransportLimits", "check_url"]


class Transport:
    """A session with at most one connection to a host; used by one thread at a time, ended by any.

    ``memory`` is a folder for answers that need not be sent twice; it may be removed at any time. ``secrets``
    is a file as ``harvesters.credentials`` describes it, ``ca_bundle`` a PEM file of authorities that are
    trusted besides the usual ones. Sessions that share ``paces`` ask a host in turn. ``chance`` gives numbers
    from 0 to 1.
    """

    def __init__(
        self,
        *,
        allowed_private_hosts: Collection[str] = (),
        contact: str = "",
        limits: TransportLimits | None = None,
        memory: Path | None = None,
        secrets: Path | None = None,
        proxy: Proxy | None = None,
        ca_bundle: Path | None = None,
        paces: Paces | None = None,
        resolver: Resolver = resolve,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._allowed = frozenset(allowed_private_hosts)
        self._limits = limits or TransportLimits()
        self._session = Session(Way(self._allowed, resolver, proxy, ca_bundle), contact, self._limits, clock)
        self._memory = Remembrance(memory) if memory else None
        self._recalls = True
        self._secrets = secrets
        self._paces = paces or Paces(clock)
        self._sleep = sleep or self._session.interruption.sleep
        self._chance = chance
        self._tokens = Tokens(clock)
        self.login: Login | None = None

    def for_source(self, config: SourceConfig, *, remembers: bool = True) -> Self:
        """This session as one source uses it: its secret is shown at its own scheme, host and port alone.

        Unless it ``remembers``, every answer is sent anew, and kept for the next time. Raises ``Terminal``
        for a secret that there is not, or that would go over the network in the clear.
        """
        view = copy(self)
        view.login = None
        if not remembers:
            view._recalls = False  # noqa: SLF001  (our own copy)
        if name := config.options.get("secret", ""):
            view.login = Login(origin(config.url), self._secret(config.id, name))
            self._require_secure(config.url, name)
        return view

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        allowed_hosts: Collection[str] = (),
        pace: float = 0.0,
        tries: int | None = None,
        revalidate: bool = False,
    ) -> Reply:
        """Fetch a page, following redirects by hand; every hop is checked like the first address.

        ``allowed_hosts`` are the hosts that a redirect may lead to besides the address's own; ``pace`` is
        the least time between two requests to a host, in seconds; ``tries`` replaces that of the limits. With
        ``revalidate`` an answer that the server says is unchanged (304) is given from memory.
        """
        for tried in range((tries or self._limits.tries) - 1):
            try:
                return self._get(url, accept, allowed_hosts, pace, revalidate=revalidate)
            except Transient as error:
                seconds = pause(error, tried, self._chance())
                if seconds > self._limits.pause_seconds:
                    raise
                self._sleep(seconds)
        return self._get(url, accept, allowed_hosts, pace, revalidate=revalidate)

    def interrupt(self) -> None:
        """From any thread: end what is under way; it and all later requests raise ``Stopped``."""
        self._session.interruption.wish()

    def resume(self) -> None:
        """Let requests be made again."""
        self._session.interruption.take_back()

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get(
        self, url: str, accept: str, allowed_hosts: Collection[str], pace: float, *, revalidate: bool
    ) -> Reply:
        asked = url
        hosts = {*allowed_hosts, endpoint(url, self._allowed)[0]}
        credentials = self._shown_at(url)
        secret = credentials.name if credentials else ""
        remembered = self._memory.recall(url, secret=secret) if self._memory else None
        known = remembered if revalidate and self._recalls else None
        for _ in range(self._limits.redirects + 1):
            self._wait(endpoint(url, self._allowed)[0], pace)
            answer = self._exchange(url, accept, known)
            if isinstance(answer, Reply):
                # Also where nobody asks for it now: an older answer must not come back later.
                if self._memory and answer.url == asked and (revalidate or remembered):
                    self._memory.keep(asked, answer.headers, answer.body, secret=secret)
                return answer
            url, known = self._next_hop(url, answer.location, hosts), None
        raise AddressRefused(f"{asked}: redirected more than {self._limits.redirects} times")

    def _wait(self, host: str, pace: float) -> None:
        if (seconds := self._paces.reserve(host, pace)) > 0:
            self._sleep(seconds)

    def _next_hop(self, url: str, location: str, hosts: Collection[str]) -> str:
        try:
            target = httpx.URL(url).join(location)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise AddressRefused(f"{url}: redirects to {location!r}, which is no address") from error
        if target.scheme not in ("http", "https"):
            raise AddressRefused(f"{url}: redirects to {target.scheme}, which is not harvested")
        if not {target.host, target.raw_host.decode("ascii")} & set(hosts):
            raise AddressRefused(
                f"{url}: redirects to another host ({target.host}); name it in the option hosts="
            )
        if self._shown_at(url) and target.scheme != httpx.URL(url).scheme:
            raise AddressRefused(f"{url}: redirects to {target.scheme}, where its secret may not go")
        return str(target)

    def _exchange(self, url: str, accept: str, known: Remembered | None) -> Reply | Redirect:
        credentials = self._shown_at(url)
        try:
            return self._ask(url, accept, known, credentials)
        except ProviderRefuses as error:
            # A token may have been taken back before its time: then it is renewed, once.
            if error.status != HTTPStatus.UNAUTHORIZED or not isinstance(credentials, ClientCredentials):
                raise
            if not self._tokens.forget(credentials):
                raise
        return self._ask(url, accept, known, credentials)

    def _ask(
        self, url: str, accept: str, known: Remembered | None, credentials: Credentials | None
    ) -> Reply | Redirect:
        headers = [("Accept", accept), *(known.validators if known else [])]
        match credentials:
            case None:
                return self._session.send(Request(url, tuple(headers), known=known))
            case Certificate():
                return self._session.send(Request(url, tuple(headers), known=known), credentials)
            case ClientCredentials():
                token = self._tokens.token(credentials, self._log_in)
                headers.append(("Authorization", f"Bearer {token}"))
            case _:
                headers += credentials.headers
        return self._session.send(Request(url, tuple(headers), known=known))

    def _log_in(self, secret: ClientCredentials) -> bytes:
        """The answer to the login. It goes through the same guards as a page."""
        endpoint(secret.token_url, self._allowed)
        self._require_secure(secret.token_url, secret.name)
        form = {"grant_type": "client_credentials"} | ({"scope": secret.scope} if secret.scope else {})
        headers = (
            ("Accept", "application/json"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            *secret.headers,
        )
        request = Request(secret.token_url, headers, urlencode(form).encode(), most_bytes=MOST_BYTES)
        answer = self._session.send(request)
        if isinstance(answer, Redirect):
            raise AddressRefused(f"{secret.token_url}: redirects, and a login is not sent on")
        return answer.body

    def _shown_at(self, url: str) -> Credentials | None:
        return self.login.credentials if self.login and origin(url) == self.login.origin else None

    def _secret(self, source: str, name: str) -> Credentials:
        """The file is read anew for every harvest: a secret that was changed needs no new start."""
        if self._secrets is None:
            raise Terminal(f"{source}: the secret {name!r} is asked for, and no file of secrets is set")
        found = load_secrets(self._secrets).get(name)
        if found is None:
            raise Terminal(f"{source}: there is no secret {name!r} in {self._secrets}")
        return found

    def _require_secure(self, url: str, name: str) -> None:
        scheme, host, port = origin(url)
        if scheme != "https" and not is_allowed(host, port, self._allowed):
            raise Terminal(f"{url}: the secret {name!r} is only sent over https")
