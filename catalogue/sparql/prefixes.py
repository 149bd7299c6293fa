"""Which prefixes a query may use without declaring them."""

from collections.abc import Mapping
from types import MappingProxyType

from catalogue.profile import terms
from catalogue.publishing.addresses import served
from ontologies.namespaces import PREFIXES


def known_prefixes(base_url: str) -> Mapping[str, str]:
    """Our own words by the name under which this catalogue serves them; a query's own PREFIX comes first."""
    return MappingProxyType({**PREFIXES, "cimg": served(terms.CIMG, base_url)})
