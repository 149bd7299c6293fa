"""What the address of a withdrawn record still tells."""

from dataclasses import dataclass
from typing import Final

from catalogue.ledger.rows import Tombstone
from catalogue.web.dataset_page import RDF_NAMES
from catalogue.web.links import RDF_TYPES, links
from catalogue.web.services import WithdrawnView
from catalogue.web.texts import short

_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    link: str
    media_type: str


@dataclass(frozen=True, slots=True)
class GoneView:
    """The data of ``gone.html``; ``provider_name`` is "" once its source was removed."""

    tombstone: Tombstone
    title: str
    why: str
    original: str
    provider: str
    provider_name: str
    lives_on: tuple[str, ...]
    permanent: str
    formats: tuple[Format, ...]


def gone_view(view: WithdrawnView) -> GoneView:
    tombstone, site = view.tombstone, links()
    return GoneView(
        tombstone=tombstone,
        title=short(tombstone.title or tombstone.identifier, _LONGEST_TITLE),
        why=short(tombstone.why) or "its provider does not offer it any more",
        original=short(tombstone.subject or tombstone.identifier),
        provider=view.provider.id if view.provider else "",
        provider_name=short(view.provider.title or view.provider.id, _LONGEST_TITLE) if view.provider else "",
        lives_on=view.lives_on,
        permanent=site.absolute(site.dataset(tombstone.key)),
        formats=tuple(
            Format(RDF_NAMES[suffix], site.dataset_as(tombstone.key, suffix), media_type)
            for suffix, media_type in RDF_TYPES.items()
        ),
    )
