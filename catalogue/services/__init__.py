"""How the parts are put together: which adapters the settings ask for."""

from catalogue.services.adapters import FOLLOWERS, open_index_reader, open_index_writer, open_ledger
from catalogue.services.desk import Desk
from catalogue.services.web import WebServices, open_web_services
from catalogue.services.workshop import Workshop

__all__ = (
    "FOLLOWERS",
    "Desk",
    "WebServices",
    "Workshop",
    "open_index_reader",
    "open_index_writer",
    "open_ledger",
    "open_web_services",
)
