"""Who is told what when sources fail, recover and are held: over real mail and real HTTP."""

import hashlib
import hmac
import json
import threading
import time
from asyncio import Server
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from catalogue.ledger import Condition, Ledger, SourceRow
from catalogue.model.run import Run, RunCounts, RunState
from catalogue.settings import Settings
from catalogue.worker.channels import channels_of
from catalogue.worker.notices import Teller, condition_of, deliver
from harvesters.source import SourceConfig
from tests.harvesters.scripted_network import Authority

UNKNOWN, WELL, FAILING, HELD = Condition.UNKNOWN, Condition.WELL, Condition.FAILING, Condition.HELD
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class SetClock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: SetClock) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", clock=clock) as ledger:
        ledger.add_source(SourceConfig("upv", "dcat", "https://upv.example/", title="UPV node"))
        yield ledger


@dataclass
class Postbox:
    """A mail server; ``answer`` is what it says to each mail."""

    answer: str = "250 OK"
    mails: list[Message] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802  (the library's name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content))
            self.receivers.append(envelope.rcpt_tos)
        return self.answer

    @property
    def subjects(self) -> list[str]:
        return [str(make_header(decode_header(mail["Subject"]))) for mail in self.mails]

    def text(self, number: int = -1) -> str:
        body = self.mails[number].get_payload(decode=True)
        assert isinstance(body, bytes)
        return body.decode()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def mail_port(postbox: Postbox) -> Iterator[int]:
    controller = OnFreePort(postbox, hostname="127.0.0.1", port=0)
    controller.start()
    yield controller.port
    controller.stop()


class OnFreePort(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port: int = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Hook:
    """Takes what is posted to it; ``stall`` keeps it from answering."""

    def __init__(self) -> None:
        self.status = 204
        self.posted: list[tuple[dict[str, str], bytes]] = []
        self.stall: threading.Event | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks/secret-path"
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.01), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posted.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if hook.stall:
                    hook.stall.wait(20)
                self.send_response(hook.status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the library's name)
                """Keep the test's output clean."""

        return Handler


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.stop()


def settings(**more: object) -> Settings:
    return Settings(base_url="https://catalogue.example", **more)  # type: ignore[arg-type]


def by_mail(port: int, **more: object) -> Settings:
    given = {"smtp_url": f"smtp://127.0.0.1:{port}", "notice_to": ("desk@example.org", "ops@example.org")}
    return settings(**(given | more))


def fail(ledger: Ledger, times: int = 1, *, why: str = "nothing listens there") -> None:
    for _ in range(times):
        ledger.end_run(ledger.start_run("upv").id, RunState.FAILED, why)


def hold(ledger: Ledger) -> Run:
    return ledger.end_run(ledger.start_run("upv").id, RunState.HELD, "9 of 12 records are missing")


def reject(ledger: Ledger) -> None:
    (run,) = ledger.held_runs()
    ledger.reject_run(run.id, "the list was cut short")


def succeed(ledger: Ledger) -> None:
    ledger.end_run(ledger.start_run("upv").id, RunState.DONE, "12 records")


def cut_short(ledger: Ledger) -> None:
    ledger.end_run(ledger.start_run("upv").id, RunState.INCOMPLETE, "page 2 answered 503")


def kinds(ledger: Ledger) -> list[tuple[Condition, Condition]]:
    return [(one.before, one.kind) for one in reversed(ledger.notices())]


def test_of_a_life_of_runs_only_the_changes_are_told(
    ledger: Ledger, postbox: Postbox, mail_port: int
) -> None:
    teller = Teller(ledger, by_mail(mail_port))
    story = [succeed, succeed, fail, fail, fail, fail, fail, succeed, fail, succeed, hold, hold, succeed]
    for happens in story:
        happens(ledger)
        teller.tell()
        teller.tell()
        ledger_held = ledger.held_runs()
        if happens is hold and len(ledger_held) > 1:
            ledger.reject_run(ledger_held[0].id, "a later run took its place")
    for run in ledger.held_runs():
        ledger.reject_run(run.id, "wrong")
    teller.tell()
    assert kinds(ledger) == [(WELL, FAILING), (FAILING, WELL), (WELL, HELD), (HELD, WELL)]
    assert postbox.subjects == [
        "[catalogue] UPV node (upv) cannot be harvested",
        "[catalogue] UPV node (upv) is harvested again",
        "[catalogue] UPV node (upv) has a harvest that is held",
        "[catalogue] UPV node (upv) is harvested again, nothing is held",
    ]


def test_a_source_that_never_came_in_is_told_at_its_first_failure(ledger: Ledger) -> None:
    fail(ledger)
    Teller(ledger, settings()).tell()
    assert kinds(ledger) == [(UNKNOWN, FAILING)]


def test_a_source_whose_lists_are_never_whole_is_told(
    ledger: Ledger, postbox: Postbox, mail_port: int
) -> None:
    teller = Teller(ledger, by_mail(mail_port))
    for happens in (succeed, cut_short, cut_short, cut_short, cut_short, succeed):
        happens(ledger)
        teller.tell()
    assert kinds(ledger) == [(WELL, FAILING), (FAILING, WELL)]
    assert "None of the last 3 lists was whole: page 2 answered 503" in postbox.text(0)


def test_a_rejected_run_does_not_make_its_source_well(ledger: Ledger) -> None:
    teller = Teller(ledger, settings())
    for happens in (succeed, hold, reject, hold, reject, succeed):
        happens(ledger)
        teller.tell()
        teller.tell()
    assert kinds(ledger) == [(WELL, HELD), (UNKNOWN, HELD)]


def test_a_rejected_run_is_no_further_failure(ledger: Ledger) -> None:
    teller = Teller(ledger, settings())
    for happens in (succeed, fail, fail, fail, hold, reject):
        happens(ledger)
        teller.tell()
        teller.tell()
    assert kinds(ledger) == [(WELL, FAILING), (FAILING, HELD)]


def test_a_first_success_is_no_news(ledger: Ledger) -> None:
    succeed(ledger)
    Teller(ledger, settings()).tell()
    assert (ledger.source("upv").condition, kinds(ledger)) == (WELL, [])


def test_the_mail_says_what_is_held_and_what_to_do(ledger: Ledger, postbox: Postbox, mail_port: int) -> None:
    run = hold(ledger)
    Teller(ledger, by_mail(mail_port, notice_from="catalogue@example.org")).tell()
    (mail,) = postbox.mails
    assert (mail["From"], mail["To"]) == ("catalogue@example.org", "desk@example.org, ops@example.org")
    assert postbox.receivers == [["desk@example.org", "ops@example.org"]]
    text = postbox.text()
    assert "9 of 12 records are missing" in text
    assert f"catalogue approve {run.id}" in text
    assert f"https://catalogue.example/runs/{run.id}" in text


def test_a_title_cannot_add_a_header_to_a_mail(ledger: Ledger, postbox: Postbox, mail_port: int) -> None:
    evil = "Node\r\nBcc: everyone@example.org\n\n<b>Hello</b>\x1b[31m\u2028" + "x" * 500
    ledger.update_source(SourceConfig("upv", "dcat", "https://upv.example/", title=evil))
    fail(ledger, why="said\r\n.\r\nMAIL FROM:<x@example.org>\r\n")
    Teller(ledger, by_mail(mail_port)).tell()
    (mail,) = postbox.mails
    assert mail["Bcc"] is None
    assert postbox.receivers == [["desk@example.org", "ops@example.org"]]
    (subject,) = postbox.subjects
    assert subject.startswith("[catalogue] Node Bcc: everyone@example.org <b>Hello</b> [31m xxx")
    assert subject.isprintable()
    assert len(subject) < 200
    assert "MAIL FROM" in postbox.text()


def test_a_mail_that_is_refused_is_tried_again_with_growing_pauses(
    ledger: Ledger, postbox: Postbox, mail_port: int, clock: SetClock
) -> None:
    postbox.answer = "451 later"
    fail(ledger)
    teller = Teller(ledger, by_mail(mail_port))
    pauses = []
    for _ in range(3):
        teller.tell()
        (notice,) = ledger.notices()
        assert notice.next_try is not None
        pauses.append(notice.next_try - clock.time)
        clock.time = notice.next_try
    assert notice.error == "mail: 127.0.0.1 refuses (451)"
    assert pauses == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    postbox.answer = "250 OK"
    teller.tell()
    assert len(postbox.mails) == 1
    assert ledger.notices()[0].sent == clock.time


def test_what_is_no_news_any_more_is_given_up(ledger: Ledger, clock: SetClock) -> None:
    fail(ledger)
    teller = Teller(ledger, by_mail(9))
    teller.tell()
    clock.time += timedelta(days=4)
    teller.tell()
    (notice,) = ledger.notices()
    assert (notice.next_try, notice.sent) == (None, None)
    assert notice.error == "mail: 127.0.0.1: ConnectionRefusedError"


def test_a_channel_that_worked_is_not_used_again_because_another_failed(
    ledger: Ledger, postbox: Postbox, mail_port: int, hook: Hook, clock: SetClock
) -> None:
    hook.status = 500
    fail(ledger)
    teller = Teller(ledger, by_mail(mail_port, notice_webhook=hook.url))
    teller.tell()
    clock.time += timedelta(hours=1)
    hook.status = 200
    teller.tell()
    assert (len(postbox.mails), len(hook.posted)) == (1, 2)
    assert ledger.notices()[0].sent is not None


def test_the_webhook_gets_json_with_a_signature(
    ledger: Ledger, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    fail(ledger)
    Teller(ledger, settings(notice_webhook=hook.url, notice_webhook_secret="shared")).tell()
    headers, body = hook.posted[0]
    said = json.loads(body)
    assert (said["source"], said["condition"], said["before"]) == ("upv", "failing", "")
    assert "nothing listens there" in said["text"]
    wanted = hmac.new(b"shared", body, hashlib.sha256).hexdigest()
    assert headers["x-catalogue-signature"] == f"sha256={wanted}"
    assert headers["x-catalogue-notice"] == str(said["id"])
    assert "secret-path" not in caplog.text


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_does_not_take_it_is_asked_again_and_not_followed(
    ledger: Ledger, hook: Hook, status: int
) -> None:
    hook.status = status
    fail(ledger)
    Teller(ledger, settings(notice_webhook=hook.url)).tell()
    (notice,) = ledger.notices()
    assert (notice.sent, notice.error) == (None, f"webhook: 127.0.0.1 answers {status}")
    assert notice.next_try is not None
    assert "secret-path" not in notice.error


def test_a_channel_that_hangs_does_not_keep_the_worker(ledger: Ledger, hook: Hook) -> None:
    hook.stall = threading.Event()
    for number in range(5):
        ledger.add_source(SourceConfig(f"node-{number}", "dcat", "https://node.example/"))
        ledger.note_condition(f"node-{number}", FAILING, before=UNKNOWN, text="it fails")
    started = time.monotonic()
    assert deliver(ledger, channels_of(settings(notice_webhook=hook.url)), seconds=0.5) == 0
    assert time.monotonic() - started < 3
    hook.stall.set()
    assert len(hook.posted) == 1


def test_without_channels_nothing_is_claimed(ledger: Ledger, mail_port: int, postbox: Postbox) -> None:
    fail(ledger)
    Teller(ledger, settings()).tell()
    assert ledger.notices()[0].tries == 0
    Teller(ledger, by_mail(mail_port)).tell()
    assert len(postbox.mails) == 1


def test_a_mail_server_with_login_is_reached_over_tls(
    ledger: Ledger, postbox: Postbox, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    logins: list[object] = []

    def let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: object) -> AuthResult:
        logins.append(data)
        return AuthResult(success=True)

    controller = OnFreePort(
        postbox,
        hostname="127.0.0.1",
        port=0,
        tls_context=authority.context("127.0.0.1"),
        require_starttls=True,
        auth_required=True,
        authenticator=let_in,
    )
    controller.start()
    try:
        fail(ledger)
        url = f"smtp://me:p%40ss@127.0.0.1:{controller.port}?starttls"
        Teller(ledger, by_mail(controller.port, smtp_url=url, ca_bundle=authority.bundle)).tell()
    finally:
        controller.stop()
    assert logins == [LoginPassword(b"me", b"p@ss")]
    assert len(postbox.mails) == 1


def ended(state: RunState) -> Run:
    return Run(1, "upv", state, NOW, NOW, "", RunCounts())


def row(**values: object) -> SourceRow:
    kept = SourceRow(
        config=SourceConfig("upv", "dcat", "https://upv.example/"),
        added=NOW,
        hold_first=False,
        paused=False,
        removed=None,
        last_run=ended(RunState.DONE),
        last_harvested=NOW,
    )
    return replace(kept, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "held", "expected"),
    [
        ({"last_run": None, "last_harvested": None}, False, UNKNOWN),
        ({}, False, WELL),
        ({"condition": "failing"}, False, WELL),
        ({"condition": "well", "failures": 1}, False, WELL),
        ({"condition": "well", "failures": 2}, False, WELL),
        ({"condition": "well", "failures": 3}, False, FAILING),
        ({"condition": "well", "failures": 1, "last_run": ended(RunState.FAILED)}, False, WELL),
        ({"condition": "held", "failures": 1, "last_run": ended(RunState.FAILED)}, False, UNKNOWN),
        ({"condition": "held"}, False, WELL),
        ({"condition": "held", "last_run": ended(RunState.CANCELLED)}, False, UNKNOWN),
        ({"condition": "", "last_run": ended(RunState.CANCELLED)}, False, UNKNOWN),
        ({"condition": "", "failures": 3, "last_run": ended(RunState.CANCELLED)}, False, UNKNOWN),
        ({"condition": "failing", "last_run": ended(RunState.CANCELLED)}, False, FAILING),
        ({"condition": "well", "incompletes": 2, "last_run": ended(RunState.INCOMPLETE)}, False, WELL),
        ({"condition": "well", "incompletes": 3, "last_run": ended(RunState.INCOMPLETE)}, False, FAILING),
        ({"condition": "failing", "incompletes": 1, "last_run": ended(RunState.INCOMPLETE)}, False, FAILING),
        ({"condition": "", "failures": 1, "last_harvested": None}, False, FAILING),
        ({"condition": "well", "failures": 5}, True, HELD),
        ({"condition": ""}, True, HELD),
    ],
)
def test_the_condition_follows_from_what_is_kept(
    values: dict[str, object],
    held: bool,  # noqa: FBT001  (a column of the table)
    expected: Condition,
) -> None:
    assert condition_of(row(**values), held=held) is expected


def test_secrets_of_the_channels_are_not_shown(hook: Hook) -> None:
    given = settings(
        smtp_url="smtps://me:hush-hush@mail.example",
        notice_to=("desk@example.org",),
        notice_webhook=hook.url,
        notice_webhook_secret="hush-hush",
    )
    told = repr(given) + repr(channels_of(given))
    assert "hush-hush" not in told
    assert "secret-path" not in told
