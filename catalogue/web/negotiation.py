"""In which form an answer is wanted: a page, or RDF in one of its formats (RFC 9110, 12.5.1)."""

from typing import Final

from flask import request
from werkzeug.exceptions import NotAcceptable

from catalogue.web.links import RDF_TYPES

HTML: Final = "text/html"
SUFFIXES: Final = {media_type: suffix for suffix, media_type in RDF_TYPES.items()}


def wanted_type(thing: str) -> str:
    """A page for whoever takes anything; raises ``NotAcceptable`` naming what there is of the thing."""
    accepted = request.accept_mimetypes
    wanted = accepted.best_match([HTML, *SUFFIXES]) if accepted else HTML
    if wanted is None:
        raise NotAcceptable(f"{thing} can be had as {', '.join((HTML, *SUFFIXES))}.")
    return wanted
