"""Where settings come from, and what is said of wrong ones."""

from pathlib import Path

import pytest

from catalogue.errors import SettingsInvalid
from catalogue.settings import Settings, read_settings


def test_without_any_setting_the_defaults_hold() -> None:
    settings = read_settings()
    assert settings.data_dir == Path("catalogue-data")
    assert settings.ledger_url.startswith("sqlite:////")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEASE_SECONDS", "abc"),
        ("LEASE_SECONDS", "0"),
        ("LEASE_SECONDS", "inf"),
        ("PARSE_SECONDS", "nan"),
        ("PARSE_MEGABYTES", "-1"),
        ("BASE_URL", "catalogue.example"),
        ("BASE_URL", "ftp://catalogue.example"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://catalogue.example/?a=b"),
        ("BASE_URL", "https://catalogue.example/a b"),
        ("BASE_URL", "https://me:secret@catalogue.example"),
        ("CONFIG", "nowhere.env"),
        ("SECRETS", "nowhere.toml"),
        ("CA_BUNDLE", "nowhere.pem"),
        ("OUTBOUND_PROXY", "proxy.example:3128"),
        ("OUTBOUND_PROXY", "http://me:hush/hush@proxy.example:3128"),
        ("REQUEST_TRIES", "0"),
        ("LONGEST_PAUSE_SECONDS", "nan"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "smtp://me:hush@mail.example"),
        ("SMTP_URL", "smtp://mail.example:hush"),
        ("SMTP_URL", "smtp://mail.example?tls"),
        ("NOTICE_TO", "desk@example.org,nobody"),
        ("NOTICE_TO", "desk@example.org\nBcc: all@example.org"),
        ("NOTICE_FROM", "Desk <desk@example.org>"),
        ("NOTICE_WEBHOOK", "ftp://chat.example/hush"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"CATALOGUE_{name}", value)
    with pytest.raises(SettingsInvalid, match=f"^CATALOGUE_{name}: ") as refused:
        read_settings()
    assert "\n" not in str(refused.value)
    assert "hush" not in str(refused.value)


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOGUE_LEASE_SECONDS", "abc")
    monkeypatch.setenv("CATALOGUE_PARSE_MEGABYTES", "abc")
    with pytest.raises(SettingsInvalid, match=r"PARSE_MEGABYTES.*LEASE_SECONDS"):
        read_settings()


def test_the_base_url_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOGUE_BASE_URL", "https://catalogue.example/sub/")
    assert read_settings().base_url == "https://catalogue.example/sub"


def test_hosts_are_told_apart_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOGUE_ALLOWED_PRIVATE_HOSTS", "127.0.0.1:8901, node.local ,")
    assert read_settings().allowed_private_hosts == ("127.0.0.1:8901", "node.local")


def test_what_is_secret_in_the_settings_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("OUTBOUND_PROXY", "http://me:hush@proxy.example:3128"),
        ("SMTP_URL", "smtp://me:hush@mail.example?starttls"),
        ("NOTICE_WEBHOOK", "https://chat.example/hush"),
        ("NOTICE_WEBHOOK_SECRET", "hush"),
    ):
        monkeypatch.setenv(f"CATALOGUE_{name}", value)
    settings = read_settings()
    assert "hush" not in repr(settings)
    assert settings.proxy is not None
    assert (settings.proxy.host, settings.proxy.port) == ("proxy.example", 3128)
    assert "hush" not in repr(settings.proxy)


def test_a_file_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "catalogue.env"
    file.write_text("CATALOGUE_CONTACT=file@example.org\nCATALOGUE_LEASE_SECONDS=7\nOTHER=1\n", "utf-8")
    monkeypatch.setenv("CATALOGUE_CONFIG", str(file))
    monkeypatch.setenv("CATALOGUE_LEASE_SECONDS", "9")
    settings = read_settings()
    assert (settings.contact, settings.lease_seconds) == ("file@example.org", 9)


def test_a_wrong_value_in_the_file_is_named_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.env"
    file.write_text("CATALOGUE_LEASE_SECONDS=abc\n", "utf-8")
    monkeypatch.setenv("CATALOGUE_CONFIG", str(file))
    with pytest.raises(SettingsInvalid, match="CATALOGUE_LEASE_SECONDS"):
        read_settings()


def test_every_setting_is_told_in_the_readme(request: pytest.FixtureRequest) -> None:
    readme = (request.config.rootpath / "README.md").read_text("utf-8")
    for name in (*Settings.model_fields, "config"):
        assert f"`CATALOGUE_{name.upper()}`" in readme
