"""How a compressed answer is unpacked without being flooded by it."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from harvesters.errors import LimitReached, NotMetadata, ProviderUnreachable

_STEP: Final = 1 << 16
# Below this size no ratio is dangerous, and a small repetitive page may well pass 100:1.
_RATIO_COUNTS_FROM: Final = 1 << 20
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS


def unpacked(chunks: Iterable[bytes], encoding: str, *, most_bytes: int, most_ratio: int) -> bytes:
    """Unpack a whole answer.

    Raises ``LimitReached`` as soon as a limit is passed, ``NotMetadata`` for damage.
    """
    body = bytearray()
    for piece in _pieces(chunks, encoding, most_ratio):
        body += piece
        if len(body) > most_bytes:
            raise LimitReached(f"the answer is larger than {most_bytes:,} bytes")
    return bytes(body)


def _pieces(chunks: Iterable[bytes], encoding: str, most_ratio: int) -> Iterator[bytes]:
    match encoding.strip().lower():
        case "" | "identity":
            return iter(chunks)
        case "gzip" | "x-gzip" | "deflate":
            return _inflated(chunks, most_ratio)
        case other:
            raise NotMetadata(f"the answer is packed as {other}, which was not asked for")


def _inflated(chunks: Iterable[bytes], most_ratio: int) -> Iterator[bytes]:
    packed = loose = 0
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
    for chunk in chunks:
        packed += len(chunk)
        rest = chunk
        while rest:
            if inflater.eof:  # gzip files may be joined end to end
                inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
            piece, rest = _step(inflater, rest)
            loose += len(piece)
            if loose > _RATIO_COUNTS_FROM and loose > packed * most_ratio:
                raise LimitReached(f"the answer unpacks to more than {most_ratio} times its size")
            yield piece
    if not inflater.eof:
        raise ProviderUnreachable("the packed answer was cut off")


def _step(inflater: "zlib._Decompress", data: bytes) -> tuple[bytes, bytes]:
    """One bounded piece, and the input that is left."""
    try:
        piece = inflater.decompress(data, _STEP)
    except zlib.error as error:
        raise NotMetadata("the answer says that it is packed, and does not unpack") from error
    return piece, inflater.unconsumed_tail or inflater.unused_data
