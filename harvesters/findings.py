"""What is wrong with a provider's metadata, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one value: ``focus`` is the node (IRI), ``path`` the property (prefixed name)."""

    severity: Severity
    focus: str
    path: str
    value: str
    message: str
    how_to_fix: str = ""
