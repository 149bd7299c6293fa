"""What a dataset's page says of quality, and how it is written."""

import pytest
from flask import Flask, render_template_string

from catalogue.model.quality import CheckedRecord, Level, LevelFinding, Quality
from catalogue.web.quality_panel import QualityView, quality_view
from harvesters.findings import Severity

SUBJECT = "https://node.example/d/1"
MISSING = LevelFinding(
    Severity.ERROR,
    SUBJECT,
    "dct:provenance",
    "",
    "Non-public data need their provenance.",
    "Add dct:provenance.",
    (Level.EUCAIM, Level.EHDS),
)
REMARK = LevelFinding(
    Severity.WARNING,
    "https://node.example/files",
    "dcat:accessURL",
    "<script>alert(1)</script>",
    "This address cannot be opened in a browser.",
    "Write dcat:accessURL with http or https.",
)


def checked(*findings: LevelFinding, levels: tuple[Level, ...] = (Level.ACCEPT,)) -> CheckedRecord:
    return CheckedRecord("a", SUBJECT, 3, Quality(levels, findings))


def view(
    *findings: LevelFinding, levels: tuple[Level, ...] = (Level.ACCEPT,), version: int = 3
) -> QualityView:
    made = quality_view(checked(*findings, levels=levels), version=version)
    assert made
    return made


def written(site: Flask, shown: QualityView | None) -> str:
    template = '{% from "quality.html" import quality_section with context %}{{ quality_section(view) }}'
    with site.test_request_context("/"):
        return render_template_string(template, view=shown)


def test_each_level_is_met_or_not() -> None:
    assert [(level.label, level.met) for level in view().levels] == [
        ("Findable", True),
        ("EUCAIM", False),
        ("EHDS", False),
    ]


def test_faults_stand_apart_from_remarks() -> None:
    shown = view(MISSING, REMARK)
    assert [one.path for one in shown.faults] == ["dct:provenance"]
    assert [one.path for one in shown.remarks] == ["dcat:accessURL"]
    assert shown.faults[0].levels == ("EUCAIM", "EHDS")


def test_a_node_is_named_where_it_is_not_the_dataset() -> None:
    shown = view(MISSING, REMARK)
    assert (shown.faults[0].node, shown.remarks[0].node) == ("", "https://node.example/files")


def test_a_record_that_reaches_no_level_needs_enrichment(site: Flask) -> None:
    assert "Enrichment needed" in written(site, view(levels=()))
    assert "Enrichment needed" not in written(site, view())


@pytest.mark.parametrize(("version", "told"), [(3, False), (4, True)])
def test_findings_on_an_earlier_version_say_so(version: int, *, told: bool, site: Flask) -> None:
    assert ("an earlier version" in written(site, view(version=version))) is told


def test_what_was_not_checked_is_said_so(site: Flask) -> None:
    assert quality_view(None, version=1) is None
    assert "Not checked yet" in written(site, None)


def test_a_finding_names_property_message_and_repair(site: Flask) -> None:
    page = written(site, view(MISSING))
    for text in (
        "dct:provenance",
        "Non-public data need their provenance.",
        "Add dct:provenance.",
        "EUCAIM, EHDS",
    ):
        assert text in page


def test_a_providers_value_is_text(site: Flask) -> None:
    assert "<script>" not in written(site, view(REMARK))


def test_a_page_lists_the_beginning_of_very_many_findings(site: Flask) -> None:
    shown = view(*[REMARK] * 130)
    assert (len(shown.remarks), shown.more) == (100, 30)
    assert "30 more findings" in written(site, shown)
