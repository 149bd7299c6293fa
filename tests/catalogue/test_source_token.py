"""``catalogue source token``: shown once, kept as a hash."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalogue.cli.app import app
from catalogue.errors import NotFound
from catalogue.ledger import Ledger
from catalogue.services import open_ledger
from catalogue.settings import read_settings
from harvesters.source import SourceConfig

Command = Callable[..., Result]


@pytest.fixture(name="ledger")
def _ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path / "data"))
    with open_ledger(read_settings()) as ledger:
        ledger.add_source(SourceConfig("upv", "dcat", "https://upv.example/catalogue.ttl"))
        yield ledger


@pytest.fixture(name="token")
def _token(ledger: Ledger) -> Command:
    """Of the ledger in the data folder."""
    assert ledger.source("upv")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["source", "token", *arguments])

    return run


def _hash(made: Result) -> str:
    return sha256(made.stdout.strip().encode()).hexdigest()


def test_the_token_alone_is_printed_and_its_hash_alone_is_kept(token: Command, ledger: Ledger) -> None:
    made = token("upv")
    assert made.exit_code == 0
    assert len(made.stdout.strip()) >= 43
    assert ledger.source_of_token(_hash(made)) == "upv"


def test_no_two_tokens_are_alike_and_the_older_ends(token: Command, ledger: Ledger) -> None:
    first, second = token("upv"), token("upv")
    assert ledger.source_of_token(_hash(first)) is None
    assert ledger.source_of_token(_hash(second)) == "upv"


def test_a_token_is_taken_away(token: Command, ledger: Ledger) -> None:
    made = token("upv")
    taken = token("upv", "--revoke")
    assert taken.stdout == ""
    assert ledger.source_of_token(_hash(made)) is None
    assert not ledger.source("upv").has_token


def test_there_is_no_token_for_a_source_that_is_not_there(token: Command) -> None:
    assert isinstance(token("nowhere").exception, NotFound)
