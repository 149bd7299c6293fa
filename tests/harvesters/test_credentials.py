"""Which secrets there are, to whom they are shown, and that nobody else gets to see them."""

import base64
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from harvesters.credentials import load_secrets
from harvesters.errors import AddressRefused, HarvestError, ProviderRefuses, Terminal
from harvesters.source import SourceConfig
from harvesters.transport import Transport, TransportLimits
from tests.harvesters.scripted_network import Authority, resolved_here
from tests.harvesters.scripted_provider import Answer, Provider

SECRETS = """
[user]
kind = "basic"
user = "harvester"
password = "correct horse ü"

[key]
kind = "header"
name = "X-Api-Key"
value = "battery staple"

[token]
kind = "bearer"
token = "b64-token"
"""
Open = Callable[..., Transport]


@pytest.fixture
def secrets(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "secrets.toml"
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture
def shown(secrets: Callable[[str], Path]) -> Iterator[Callable[..., Transport]]:
    """The session of a source with a secret of the file."""
    with ExitStack() as opened:

        def as_source(url: str, name: str, text: str = SECRETS, **more: object) -> Transport:
            settings: dict[str, object] = {
                "allowed_private_hosts": ["127.0.0.1", "node.example", "login.example"],
                "limits": TransportLimits(tries=1),
                "resolver": resolved_here,
                "secrets": secrets(text),
            }
            transport = opened.enter_context(Transport(**(settings | more)))  # type: ignore[arg-type]
            return transport.for_source(SourceConfig("upv", "dcat", url, options={"secret": name}))

        yield as_source


@pytest.mark.parametrize(
    ("name", "header", "value"),
    [
        ("user", "authorization", "Basic " + base64.b64encode("harvester:correct horse ü".encode()).decode()),
        ("key", "x-api-key", "battery staple"),
        ("token", "authorization", "Bearer b64-token"),
    ],
)
def test_a_secret_is_sent_with_each_request_of_its_source(
    provider: Provider, shown: Open, name: str, header: str, value: str
) -> None:
    provider.answers["/a"] = Answer()
    shown(provider.url, name).get(provider.url + "/a")
    assert provider.asked[0][1][header] == value


def test_a_source_without_a_secret_shows_none(provider: Provider, shown: Open) -> None:
    provider.answers["/a"] = Answer()
    other = shown(provider.url, "user").for_source(SourceConfig("porto", "dcat", provider.url))
    other.get(provider.url + "/a")
    assert "authorization" not in provider.asked[0][1]


@pytest.fixture
def stranger() -> Iterator[Provider]:
    provider = Provider()
    provider.answers["/"] = Answer(b"a stranger's")
    yield provider
    provider.stop()


def test_another_port_of_the_host_is_not_shown_the_secret(
    provider: Provider, stranger: Provider, shown: Open
) -> None:
    shown(provider.url, "user").get(stranger.url + "/")
    assert "authorization" not in stranger.asked[0][1]


def test_a_secret_does_not_follow_a_redirect_to_another_host(
    provider: Provider, stranger: Provider, shown: Open
) -> None:
    provider.answers["/"] = Answer(status=302, headers={"Location": f"http://node.example:{stranger.port}/"})
    reply = shown(provider.url, "user").get(provider.url + "/", allowed_hosts=["node.example"])
    assert reply.body == b"a stranger's"
    assert "authorization" in provider.asked[0][1]
    assert "authorization" not in stranger.asked[0][1]


def test_a_redirect_from_https_to_http_is_refused(
    provider: Provider, stranger: Provider, shown: Open, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    authority.secure(provider, "node.example")
    provider.answers["/"] = Answer(status=302, headers={"Location": f"http://node.example:{stranger.port}/"})
    with pytest.raises(AddressRefused, match="redirects to http, where its secret may not go"):
        shown(provider.url, "user", ca_bundle=authority.bundle).get(provider.url + "/")
    assert stranger.asked == []


def test_a_secret_is_never_sent_in_the_clear_to_a_public_node(shown: Open) -> None:
    with pytest.raises(Terminal, match="only sent over https"):
        shown("http://public.example/catalog", "user")


def test_a_name_that_is_not_in_the_file_is_told(provider: Provider, shown: Open) -> None:
    with pytest.raises(Terminal, match="upv: there is no secret 'other' in"):
        shown(provider.url, "other")


def test_a_secret_without_a_file_is_told(provider: Provider, shown: Open) -> None:
    with pytest.raises(Terminal, match="no file of secrets is set"):
        shown(provider.url, "user", secrets=None)


def test_a_secret_that_was_changed_holds_from_the_next_harvest(
    provider: Provider, shown: Open, secrets: Callable[[str], Path]
) -> None:
    provider.answers["/"] = Answer()
    transport = shown(provider.url, "token")
    secrets(SECRETS.replace("b64-token", "renewed"))
    config = SourceConfig("upv", "dcat", provider.url, options={"secret": "token"})
    transport.for_source(config).get(provider.url + "/")
    assert provider.asked[0][1]["authorization"] == "Bearer renewed"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o777])
def test_a_file_that_others_may_read_is_refused(secrets: Callable[[str], Path], mode: int) -> None:
    path = secrets(SECRETS)
    path.chmod(mode)
    with pytest.raises(Terminal, match="chmod 600"):
        load_secrets(path)


@pytest.mark.parametrize(
    "text",
    [
        'user = "harvester"',
        "[a]",
        '[a]\nkind = "magic"\nvalue = "hush-hush"',
        '[a]\nkind = "basic"\nuser = "me"',
        '[a]\nkind = "basic"\nuser = "me"\npassword = ""',
        '[a]\nkind = "basic"\nuser = "m:e"\npassword = "hush-hush"',
        '[a]\nkind = "basic"\nuser = "me"\npassword = 7',
        '[a]\nkind = "basic"\nuser = "me"\npassword = "hush-hush"\nmore = "x"',
        '[a]\nkind = "bearer"\ntoken = "hush-hush\\r\\nX-Evil: 1"',
        '[a]\nkind = "bearer"\ntoken = "hush-hush ü"',
        '[a]\nkind = "header"\nname = "Host"\nvalue = "hush-hush"',
        '[a]\nkind = "header"\nname = "X: Y"\nvalue = "hush-hush"',
        '[a]\nkind = "header"\nname = "X"\nvalue = " hush-hush"',
        '["a\\nb"]\nkind = "bearer"\ntoken = "hush-hush"',
        '[a]\nkind = "bearer"\ntoken = "hush-hush',
        '[a]\nkind = "bearer"\ntoken = hush-hush',
        '[a]\nkind = "certificate"\ncert = "c.pem"\nkey = "hush-hush.pem"',
    ],
)
def test_a_wrong_file_is_told_without_its_values(secrets: Callable[[str], Path], text: str) -> None:
    with pytest.raises(Terminal, match=r"secrets\.toml|hush-hush\.pem: the key") as refused:
        load_secrets(secrets(text))
    told = "".join(traceback.format_exception(refused.value))
    assert "hush-hush" not in told.replace("hush-hush.pem", "")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Terminal, match="cannot be read"):
        load_secrets(tmp_path / "nowhere.toml")


def test_a_secret_shows_its_name_and_nothing_else(secrets: Callable[[str], Path]) -> None:
    text = (
        SECRETS + '[o]\nkind="oauth2"\ntoken_url="https://l.example/"\nclient_id="id-7"\nclient_secret="s-8"'
    )
    shown = repr(load_secrets(secrets(text)))
    assert "name='user'" in shown
    for value in ("harvester", "horse", "staple", "b64-token", "id-7", "s-8"):
        assert value not in shown


def test_no_error_and_no_log_line_holds_a_value(
    provider: Provider, shown: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.answers["/"] = Answer(status=401)
    with pytest.raises(ProviderRefuses) as refused:
        shown(provider.url, "token").get(provider.url + "/")
    told = "".join(traceback.format_exception(refused.value)) + caplog.text
    assert "b64-token" not in told
    assert len(provider.asked) == 1


def test_what_was_answered_to_one_secret_is_not_given_to_another(
    provider: Provider, shown: Open, tmp_path: Path
) -> None:
    memory = tmp_path / "answers"
    provider.answers["/"] = Answer(b"for members", headers={"ETag": '"1"'})
    member = shown(provider.url, "user", memory=memory)
    member.get(provider.url + "/", revalidate=True)
    for name in ("", "token"):
        config = SourceConfig("upv", "dcat", provider.url, options={"secret": name} if name else {})
        member.for_source(config).get(provider.url + "/", revalidate=True)
    assert [("if-none-match" in headers) for _, headers in provider.asked] == [False, False, False]
    member.get(provider.url + "/", revalidate=True)
    assert "if-none-match" in provider.asked[3][1]
    kept = b"".join(path.name.encode() + path.read_bytes() for path in memory.iterdir())
    assert b"horse" not in kept
    assert b"b64-token" not in kept


def test_what_a_server_wants_to_know_us_by_is_not_kept(provider: Provider, shown: Open) -> None:
    provider.answers["/"] = Answer(headers={"Set-Cookie": "session=7"})
    assert "set-cookie" not in shown(provider.url, "user").get(provider.url + "/").headers


class Guarded:
    """A node that lets in whoever has the present token, and the login that gives it."""

    def __init__(self, provider: Provider, login: Provider, *, seconds: object = 600) -> None:
        self.provider, self.login = provider, login
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.given = 0
        self.accepted = "token-1"
        self.seconds = seconds
        provider.answers["/"] = Answer(stream=self._page)
        login._server.RequestHandlerClass = self._door()

    def secrets(self, more: str = "") -> str:
        return (
            f'[login]\nkind = "oauth2"\ntoken_url = "{self.login.url}/token"\n'
            f'client_id = "cata:logue"\nclient_secret = "s3cret&"\n{more}'
        )

    def _page(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.headers["Authorization"] != f"Bearer {self.accepted}":
            handler._headers_buffer.clear()  # type: ignore[attr-defined]
            handler.send_response_only(401)
        handler.send_header("Connection", "close")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _door(self) -> type[BaseHTTPRequestHandler]:
        guarded = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                guarded.asked.append((self.headers["Authorization"], dict(parse_qsl(form))))
                guarded.given += 1
                answer = {"access_token": f"token-{guarded.given}", "token_type": "Bearer"}
                body = json.dumps(answer | {"expires_in": guarded.seconds}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                """Keep the test's output clean."""

        return Door


@pytest.fixture
def guarded(provider: Provider, stranger: Provider) -> Guarded:
    return Guarded(provider, stranger)


def test_a_token_is_fetched_once_and_used_for_all_pages(guarded: Guarded, shown: Open) -> None:
    transport = shown(guarded.provider.url, "login", guarded.secrets('scope = "read"'))
    for _ in range(3):
        transport.get(guarded.provider.url + "/")
    login = "Basic " + base64.b64encode(b"cata%3Alogue:s3cret%26").decode()
    assert guarded.asked == [(login, {"grant_type": "client_credentials", "scope": "read"})]


def test_a_token_is_renewed_when_it_runs_out(guarded: Guarded, shown: Open) -> None:
    now = [1000.0]
    transport = shown(guarded.provider.url, "login", guarded.secrets(), clock=lambda: now[0])
    transport.get(guarded.provider.url + "/")
    now[0] += 571
    guarded.accepted = "token-2"
    transport.get(guarded.provider.url + "/")
    assert guarded.given == 2
    assert len(guarded.provider.asked) == 2


def test_a_token_that_is_refused_is_renewed_once(guarded: Guarded, shown: Open) -> None:
    guarded.accepted = "token-2"
    shown(guarded.provider.url, "login", guarded.secrets()).get(guarded.provider.url + "/")
    assert guarded.given == 2


def test_a_login_that_does_not_help_is_not_repeated_for_ever(guarded: Guarded, shown: Open) -> None:
    guarded.accepted = "never"
    with pytest.raises(ProviderRefuses, match="401"):
        shown(guarded.provider.url, "login", guarded.secrets()).get(guarded.provider.url + "/")
    assert (guarded.given, len(guarded.provider.asked)) == (2, 2)


@pytest.mark.parametrize("seconds", [0, -1, "soon", None, True, 10**400, 1e308, [600]])
def test_a_life_that_makes_no_sense_is_no_obstacle(guarded: Guarded, shown: Open, seconds: object) -> None:
    guarded.seconds = seconds
    shown(guarded.provider.url, "login", guarded.secrets()).get(guarded.provider.url + "/")
    assert guarded.given == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html>log in</html>",
        b"[]",
        b"[" * 60_000,
        b"{}",
        b'{"access_token": 7}',
        b'{"access_token": "hush-hush\\r\\nX-Evil: 1"}',
        b'{"access_token": "hush-hush", "token_type": "mac"}',
        b'{"access_token": "' + b"x" * 20_000 + b'"}',
        b"x" * 70_000,
        b"\xff",
        b"",
    ],
)
def test_an_answer_that_is_no_token_is_told_without_its_text(
    guarded: Guarded, shown: Open, body: bytes
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    door = guarded.login._server.RequestHandlerClass
    door.do_POST = answer  # type: ignore[attr-defined]
    with pytest.raises(HarvestError, match="/token: ") as refused:
        shown(guarded.provider.url, "login", guarded.secrets()).get(guarded.provider.url + "/")
    assert "hush-hush" not in "".join(traceback.format_exception(refused.value))
    assert guarded.provider.asked == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://public.example/token", Terminal),
        ("https://10.0.0.8/token", AddressRefused),
        ("https://public.example:22/token", AddressRefused),
        ("ftp://public.example/token", AddressRefused),
        ("https://me:pass@public.example/token", AddressRefused),
    ],
)
def test_the_login_is_guarded_as_a_page_is(
    guarded: Guarded, shown: Open, url: str, kind: type[HarvestError]
) -> None:
    secrets = guarded.secrets().replace(guarded.login.url + "/token", url)

    def resolver(host: str, _port: int) -> tuple[str, ...]:
        return ("10.0.0.8",) if host == "10.0.0.8" else ("127.0.0.1",)

    with pytest.raises(kind):
        shown(guarded.provider.url, "login", secrets, resolver=resolver).get(guarded.provider.url + "/")
    assert guarded.provider.asked == []


def test_a_login_is_not_sent_on(guarded: Guarded, shown: Open) -> None:
    def move(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", guarded.provider.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    guarded.login._server.RequestHandlerClass.do_POST = move  # type: ignore[attr-defined]
    with pytest.raises(AddressRefused, match="a login is not sent on"):
        shown(guarded.provider.url, "login", guarded.secrets()).get(guarded.provider.url + "/")


CERTIFICATE = '[paper]\nkind = "certificate"\ncert = "client.pem"\nkey = "client.key"\n'


def test_a_certificate_is_shown_where_it_is_wanted(provider: Provider, shown: Open, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.secure(provider, "node.example", wants_certificate=True)
    authority.write_client(tmp_path, "catalogue.example")
    provider.answers["/"] = Answer(b"let in")
    transport = shown(provider.url, "paper", CERTIFICATE, ca_bundle=authority.bundle)
    assert transport.get(provider.url + "/").body == b"let in"
    without = transport.for_source(SourceConfig("porto", "dcat", provider.url))
    with pytest.raises(HarvestError):
        without.get(provider.url + "/")


def test_a_key_that_others_may_read_is_refused(shown: Open, tmp_path: Path) -> None:
    Authority(tmp_path).write_client(tmp_path, "catalogue.example")[1].chmod(0o644)
    with pytest.raises(Terminal, match="chmod 600"):
        shown("https://node.example/", "paper", CERTIFICATE)


def test_a_certificate_that_is_none_is_told(provider: Provider, shown: Open, tmp_path: Path) -> None:
    for name in ("client.pem", "client.key"):
        (tmp_path / name).touch(mode=0o600)
    with pytest.raises(Terminal, match="'paper': the certificate cannot be read"):
        shown(provider.url, "paper", CERTIFICATE).get(provider.url + "/")
