"""Which commands there are."""

import typer

from catalogue.cli import benchmarks, demo, harvesting, inspection, serving, sources

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
app.command()(harvesting.harvest)
app.command()(harvesting.runs)
app.command()(harvesting.rebuild)
app.command()(inspection.doctor)
app.add_typer(benchmarks.app, name="bench", help="Figures measured on this machine.")
