"""Which commands there are."""

import typer

from catalogue.cli import (
    benchmarks,
    checking,
    concepts,
    deciding,
    demo,
    harvesting,
    history,
    identifiers,
    inspection,
    mappings,
    previewing,
    reprocessing,
    run_details,
    serving,
    sheets,
    sources,
    unmapped,
)

app = typer.Typer(
    help="Metadata catalogue and FAIR semantic search for cancer imaging datasets.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(demo.demo)
app.command()(serving.up)
app.command()(serving.serve)
app.command()(serving.worker)
app.command()(serving.broker)
app.add_typer(sources.app, name="source", help="The provider nodes that are harvested.")
sources.app.command("preview")(previewing.preview_source)
app.command()(harvesting.harvest)
app.command()(harvesting.retry)
app.command()(reprocessing.reprocess)
app.command()(harvesting.runs)
app.command()(run_details.run)
app.command()(deciding.approve)
app.command()(deciding.reject)
app.command()(deciding.stop)
app.command()(history.history)
app.command()(history.diff)
app.command()(history.record)
app.command()(history.revert)
app.add_typer(identifiers.app, name="alias", help="Records whose identifiers changed.")
app.command()(identifiers.suggestions)
app.command()(harvesting.rebuild)
app.add_typer(mappings.app, name="mappings", help="What curators decided that providers' words mean.")
mappings.app.command("unmapped")(unmapped.list_unmapped)
app.add_typer(sheets.app, name="sheet", help="Sheets of datasets, for hospitals without an endpoint.")
app.command()(checking.check)
app.command()(inspection.doctor)
app.add_typer(concepts.app, name="concepts", help="The scheme, and releases loaded into it.")
app.add_typer(benchmarks.app, name="bench", help="Figures measured on this machine.")
