"""Which datatype a property's literals have, whatever the provider or a store wrote."""

from typing import Final

from pyoxigraph import Literal, NamedNode

from catalogue.profile.terms import (
    BYTE_SIZE,
    COUNTS_TOWARDS_TOTALS,
    DERIVED,
    FICTIONAL,
    HIGHEST_AGE,
    IMAGES,
    LOWEST_AGE,
    PATIENTS,
    SERIES,
    STRUCTURED_DATA,
    STUDIES,
    STUDIES_OF_VALUE,
    SUBJECTS,
    XSD,
)

_COUNT: Final = NamedNode(f"{XSD}nonNegativeInteger")
_BOOLEAN: Final = NamedNode(f"{XSD}boolean")

DATATYPES: Final = {
    **dict.fromkeys((PATIENTS, STUDIES, SERIES, IMAGES, SUBJECTS, STUDIES_OF_VALUE), _COUNT),
    **dict.fromkeys((LOWEST_AGE, HIGHEST_AGE, BYTE_SIZE), _COUNT),
    **dict.fromkeys((COUNTS_TOWARDS_TOTALS, DERIVED, FICTIONAL, STRUCTURED_DATA), _BOOLEAN),
}

_LONGEST_COUNT: Final = 15
_THOUSANDS: Final = "000"


def typed(predicate: str, literal: Literal) -> Literal:
    """The literal in the datatype that the profile wants, unchanged where its text does not fit it."""
    wanted = DATATYPES.get(predicate)
    text = literal.value.strip()
    if wanted is _COUNT and whole_number(text) is not None:
        return Literal(str(whole_number(text)), datatype=_COUNT)
    if wanted is _BOOLEAN and text.lower() in ("true", "false", "1", "0"):
        return Literal("true" if text.lower() in ("true", "1") else "false", datatype=_BOOLEAN)
    return literal


def whole_number(text: str) -> int | None:
    """A count as providers write it (``20``, ``+20``, ``20.0``), None for anything else.

    Thousands separators are not guessed at: ``1.234`` is 1234 in Spain and 1.234 in Ireland, and ``1.000``
    a thousand in one and one in the other.
    """
    digits, _, fraction = text.strip().removeprefix("+").partition(".")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _LONGEST_COUNT:
        return None
    if fraction.strip("0") or fraction == _THOUSANDS:
        return None
    return int(digits)
