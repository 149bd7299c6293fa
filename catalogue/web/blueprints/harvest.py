"""How the catalogue is harvested: the dashboard, the runs, the providers. Reading only; acts are commands."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from catalogue.web.harvest_page import harvest_view, shown_of_sources
from catalogue.web.home_page import provider_rows
from catalogue.web.links import links
from catalogue.web.missing_page import missing_view
from catalogue.web.provider_page import page_of_provider
from catalogue.web.query_string import refuse_parameters, single_parameters
from catalogue.web.run_page import page_of_run
from catalogue.web.runs_page import RunsAsked, runs_view
from catalogue.web.services import services

blueprint = Blueprint("harvest", __name__)


@blueprint.get("/admin/harvest")
def dashboard() -> str:
    given = single_parameters("state", "q")
    found = services()
    view = harvest_view(found.harvests, shown_of_sources(), found.health(), given)
    return render_template("harvest.html", view=view)


@blueprint.get("/admin")
def admin() -> Response:
    return redirect(links().harvest(), 303)


@blueprint.get("/runs")
def runs() -> str:
    asked = RunsAsked.read(single_parameters("source", "state", "page"))
    titles = {one.id: one.title or one.id for one in services().providers()}
    return render_template("runs.html", view=runs_view(asked, services().harvests, links(), titles))


@blueprint.get("/runs/<run:number>")
def run(number: int) -> str:
    view = page_of_run(number, single_parameters("outcome", "page", "findings"))
    return render_template("run.html", view=view)


@blueprint.get("/runs/<run:number>/missing")
def missing(number: int) -> str:
    view = missing_view(services().harvests.run(number), single_parameters("page"))
    return render_template("missing.html", view=view)


@blueprint.get("/providers")
def providers() -> str:
    refuse_parameters()
    return render_template("providers.html", rows=provider_rows(services().providers()))


@blueprint.get("/providers/<source>")
def provider(source: str) -> str:
    refuse_parameters()
    return render_template("provider.html", page=page_of_provider(source))
