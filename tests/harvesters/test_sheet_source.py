"""How a sheet at an address, or one that was uploaded, becomes records."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harvesters.errors import HarvestError, LimitReached, NotMetadata, ProviderRefuses, Terminal
from harvesters.parsing import Sandbox
from harvesters.sheets import uploads
from harvesters.sheets.row import MEDIA_TYPE
from harvesters.sheets.uploads import keep_upload, read_upload
from harvesters.source import Record, Rejected, SourceConfig
from harvesters.sources import make_source
from harvesters.sources.sheet import SheetSource
from harvesters.spool import Spool
from harvesters.transport import Transport
from tests.harvesters.scripted_provider import Answer, Provider
from tests.harvesters.sheet_files import HEAD, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Build = Callable[..., SheetSource]


@pytest.fixture
def sheet(provider: Provider, transport: Transport, sandbox: Sandbox, tmp_path: Path) -> Build:
    """Build a source of a path of the provider, or of an upload; keywords are options."""

    def build(where: str, **options: str) -> SheetSource:
        url = where if ":" in where else provider.url + where
        config = SourceConfig("north", "sheet", url, pace=0, options=options)
        source = make_source(config, transport, sandbox, uploads=tmp_path / "sheets")
        assert isinstance(source, SheetSource)
        return source

    return build


def serve(provider: Provider, file: bytes, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    provider.answers["/d.xlsx"] = Answer(file, XLSX, headers=named)


def test_a_sheet_at_an_address_gives_its_rows_and_proves_what_is_absent(
    provider: Provider, sheet: Build, spool: Spool
) -> None:
    serve(provider, workbook(HEAD, ("a", "A"), (None, "B"), ("c", "C")))
    source = sheet("/d.xlsx")
    listing = source.listing(since=None, spool=spool)
    records = list(source.records(listing, spool=spool))
    assert (listing.pages, listing.total, listing.proves_absence) == (1, None, True)
    names = [type(one).__name__ for one in records]
    assert names == ["Record", "Record", "Rejected"]
    assert {one.media_type for one in records if isinstance(one, Record)} == {MEDIA_TYPE}
    (refused,) = (one for one in records if isinstance(one, Rejected))
    assert refused.reason.startswith("Datasets!A3: ")


def test_a_sheet_without_rows_is_complete_and_empty(provider: Provider, sheet: Build, spool: Spool) -> None:
    serve(provider, workbook(HEAD))
    source = sheet("/d.xlsx")
    listing = source.listing(since=None, spool=spool)
    assert (listing.complete, list(source.records(listing, spool=spool))) == (True, [])


def test_an_unchanged_sheet_is_not_sent_again_and_proves_no_absence(
    provider: Provider, sandbox: Sandbox, tmp_path: Path
) -> None:
    def answer(handler: object) -> None:
        handler.send_header("Content-Length", "0")  # type: ignore[attr-defined]
        handler.end_headers()  # type: ignore[attr-defined]

    serve(provider, workbook(HEAD, ("a", "A")), ETag='"1"')
    config = SourceConfig("north", "sheet", f"{provider.url}/d.xlsx", pace=0)
    with Transport(
        allowed_private_hosts=[f"127.0.0.1:{provider.port}"], memory=tmp_path / "memory"
    ) as transport:
        source = make_source(config, transport, sandbox)
        first = source.listing(since=None, spool=Spool(tmp_path / "one"))
        provider.answers["/d.xlsx"] = Answer(status=304, stream=answer)
        spool = Spool(tmp_path / "two")
        again = source.listing(since=None, spool=spool)
    assert provider.asked[-1][1]["if-none-match"] == '"1"'
    assert (first.revalidated, again.revalidated, again.proves_absence) == (False, True, False)
    assert len(list(source.records(again, spool=spool))) == 1


def test_a_run_that_was_cut_off_asks_for_the_sheet_no_second_time(
    provider: Provider, sheet: Build, spool: Spool
) -> None:
    serve(provider, workbook(HEAD, ("a", "A")))
    source = sheet("/d.xlsx")
    source.listing(since=None, spool=spool)
    asked = len(provider.asked)
    listing = source.listing(since=None, spool=Spool(spool.folder))
    assert len(provider.asked) == asked
    assert len(list(source.records(listing, spool=Spool(spool.folder)))) == 1


def test_a_worksheet_of_another_name_is_read_by_the_option(
    provider: Provider, sheet: Build, spool: Spool
) -> None:
    serve(provider, workbook(HEAD, ("a", "A"), counts=[("a", "Birth sex", "Male", 3)], name="Our List"))
    with pytest.raises(NotMetadata, match=r"/d.xlsx: there is no worksheet 'Datasets'"):
        sheet("/d.xlsx").listing(since=None, spool=spool)
    source = sheet("/d.xlsx", sheet="our list")
    spool = Spool(spool.folder.with_name("second"))
    listing = source.listing(since=None, spool=spool)
    assert len(list(source.records(listing, spool=spool))) == 1
    assert not any("identifier" in one.message for one in listing.findings)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(b"<html>Please log in</html>", "text/html"), NotMetadata),
        (Answer(b"PK\x03\x04 half", XLSX), NotMetadata),
        (Answer(status=404), ProviderRefuses),
    ],
)
def test_an_answer_that_is_no_sheet_ends_the_run_with_the_reason(
    answer: Answer, error: type[HarvestError], provider: Provider, sheet: Build, spool: Spool
) -> None:
    provider.answers["/d.xlsx"] = answer
    with pytest.raises(error, match=r"/d\.xlsx: "):
        sheet("/d.xlsx").listing(since=None, spool=spool)


def test_an_unknown_option_is_refused(sheet: Build) -> None:
    with pytest.raises(Terminal, match="has no option worksheet"):
        sheet("/d.xlsx", worksheet="x")


def test_an_uploaded_sheet_is_read_by_its_name(sheet: Build, spool: Spool, tmp_path: Path) -> None:
    url = keep_upload(tmp_path / "sheets", "north", "our list.XLSX", workbook(HEAD, ("a", "A")))
    source = sheet(url)
    listing = source.listing(since=None, spool=spool)
    assert [one.identifier for one in source.records(listing, spool=spool)] == [
        "urn:catalogue:unnamed/north/a"
    ]


def test_an_upload_keeps_the_former_ones_and_the_same_file_once(tmp_path: Path) -> None:
    first = keep_upload(tmp_path, "north", "a.csv", b"Identifier,Title\na,A")
    assert keep_upload(tmp_path, "north", "b.csv", b"Identifier,Title\na,A") == first
    second = keep_upload(tmp_path, "north", "a.csv", b"Identifier,Title\nb,B")
    assert read_upload(tmp_path, first) != read_upload(tmp_path, second)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".csv"]


@pytest.mark.parametrize(
    "url",
    [
        "upload:../ledger.sqlite",
        "upload:/etc/passwd",
        "upload:north-000000000000.xlsx/../../secret.csv",
        "upload:..%2fsecret-000000000000.csv",
        "upload:secret.csv",
        "upload:",
        "upload:north-000000000000.csv\0",
    ],
)
def test_an_address_leads_nowhere_but_to_a_name_in_the_folder(url: str, sheet: Build, spool: Spool) -> None:
    with pytest.raises(Terminal, match="names no uploaded sheet"):
        sheet(url).listing(since=None, spool=spool)


def test_without_a_folder_nothing_is_read(tmp_path: Path) -> None:
    url = keep_upload(tmp_path, "north", "a.csv", b"x")
    with pytest.raises(Terminal, match="names no uploaded sheet"):
        read_upload(None, url)


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "sheets"
    folder.mkdir()
    (folder / "north-000000000000.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(Terminal, match="is gone"):
        read_upload(folder, "upload:north-000000000000.csv")


@pytest.mark.parametrize("path", ["/etc/passwd", "./d.xlsx", "file:///etc/passwd"])
def test_a_path_is_never_read_because_it_looks_like_an_address(
    path: str, transport: Transport, sandbox: Sandbox, spool: Spool, tmp_path: Path
) -> None:
    config = SourceConfig("north", "sheet", path, pace=0)
    with pytest.raises(Terminal):
        make_source(config, transport, sandbox, uploads=tmp_path).listing(since=None, spool=spool)


@pytest.mark.parametrize("name", ["../../evil.sh", "list.exe", "list", "x.xlsx.exe"])
def test_only_the_kind_of_an_uploaded_files_name_is_used(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotMetadata, match="a sheet is one of"):
        keep_upload(tmp_path / "sheets", "north", name, b"x")
    assert not (tmp_path / "sheets").exists()


def test_a_name_full_of_paths_is_kept_under_a_name_of_our_own(tmp_path: Path) -> None:
    url = keep_upload(tmp_path / "sheets", "north", "..\\..\\/../evil.csv", b"x")
    assert [path.name for path in (tmp_path / "sheets").iterdir()] == [url.removeprefix("upload:")]


@pytest.mark.parametrize("source", ["../north", "North", "", "a/b", "a b"])
def test_an_id_that_would_lead_out_of_the_folder_is_refused(source: str, tmp_path: Path) -> None:
    with pytest.raises(Terminal, match="is no id"):
        keep_upload(tmp_path, source, "a.csv", b"x")


def test_a_large_upload_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    with pytest.raises(LimitReached, match="larger than 10 bytes"):
        keep_upload(tmp_path, "north", "a.csv", b"x" * 11)


def test_a_full_disk_leaves_no_half_of_an_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keep_upload(tmp_path, "north", "a.csv", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_is_long_in_being_looked_through_is_stopped(
    provider: Provider, transport: Transport, spool: Spool
) -> None:
    values = ";".join(f"{one},{other},MR" for one in ("CT", "US", "NM", "PT") for other in range(2_000))
    rows = "\n".join(f'd{number},T,"{values}"' for number in range(40))
    serve(provider, f"Identifier,Title,Imaging modality\n{rows}".encode())
    with Sandbox(seconds=0.3) as impatient:
        config = SourceConfig("north", "sheet", f"{provider.url}/d.xlsx", pace=0)
        source = make_source(config, transport, impatient)
        with pytest.raises(LimitReached, match="took longer than"):
            source.listing(since=None, spool=spool)
