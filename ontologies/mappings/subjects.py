"""Which rows speak of the same word."""

from typing import TypeAlias

from ontologies.concepts import Axis
from ontologies.mappings.model import Mapping

# With the provider whose word it is: its own row comes before the general one, and contradicts it not.
Subject: TypeAlias = tuple[Axis, str, str]


def subject_word(value: str) -> str:
    """Case and blanks of a word do not count."""
    return " ".join(value.split()).casefold()


def place_of(row: Mapping) -> tuple[Axis, str, str]:
    """Where a curator's decision on a word stands: it takes the place of our own rows that stand there."""
    return row.subject_category, subject_word(row.word), row.subject_source


def subject_of(row: Mapping) -> Subject:
    """A code is taken as it is."""
    word = subject_word(row.subject_label) if row.literal else f"<{row.subject_id}>"
    return (row.subject_category, row.subject_source, word)
