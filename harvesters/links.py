"""Where a link of a page may lead: to hosts that this source may use."""

from collections.abc import Collection

import httpx

from harvesters.errors import AddressRefused


def followed(link: str, start: str, hosts: Collection[str], *, what: str) -> str:
    """Give an address without its fragment. Raises ``AddressRefused`` for one on a foreign host.

    ``start`` is the source's own address, ``hosts`` those named besides its host; ``what`` names the link.
    """
    try:
        target = httpx.URL(link).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused(f"{link[:500]!r}: the link to {what} is no address") from error
    if target.scheme not in ("http", "https"):
        raise AddressRefused(f"{link[:500]}: only http and https addresses are harvested")
    if target.host not in {httpx.URL(start).host, *hosts}:
        raise AddressRefused(
            f"{link[:500]}: {what} is on another host; name {target.host} in the option hosts="
        )
    return str(target)
