"""Which short lists a sheet has besides the concepts: access rights, categories, licences, formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ontologies.namespaces import AUTHORITIES, HEALTH_LISTS

_RIGHTS: Final = f"{AUTHORITIES}access-right/"
_CATEGORIES: Final = f"{HEALTH_LISTS}healthcategories/"
_LICENCES: Final = "https://creativecommons.org/licenses/"
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/application/"
_ARTICLE_51: Final = (
    *("EHRS", "DIOH", "NRPE", "RPDG", "HRAD", "HGPD", "HPML", "PGEH", "WELA"),
    *("IDHP", "PHDR", "MRMR", "EHCT", "EMRD", "RMMD", "RQSH", "EINS"),
)


@dataclass(frozen=True, slots=True)
class FixedList:
    """``names`` are offered to people, each with its address; ``codes`` are understood too.

    An ``open`` list takes other addresses as well.
    """

    title: str
    names: Mapping[str, str]
    codes: Mapping[str, str]
    open: bool = False

    def find(self, text: str) -> str:
        """The address that a name, a code or an address of the list stands for, "" for anything else."""
        word = " ".join(text.split()).casefold()
        for each in (self.names, self.codes):
            for name, iri in each.items():
                if word in (name.casefold(), iri.casefold()):
                    return iri
        return ""


ACCESS_RIGHTS: Final = FixedList(
    title="Access rights",
    names=MappingProxyType(
        {
            "Public": f"{_RIGHTS}PUBLIC",
            "Restricted": f"{_RIGHTS}RESTRICTED",
            "Non-public": f"{_RIGHTS}NON_PUBLIC",
        }
    ),
    codes=MappingProxyType({"NON_PUBLIC": f"{_RIGHTS}NON_PUBLIC", "Non public": f"{_RIGHTS}NON_PUBLIC"}),
)
HEALTH_CATEGORIES: Final = FixedList(
    title="Health categories",
    names=MappingProxyType(
        {
            "Data from care (EHRS)": f"{_CATEGORIES}EHRS",
            "Research cohort (RQSH)": f"{_CATEGORIES}RQSH",
            "Medical registry (MRMR)": f"{_CATEGORIES}MRMR",
            "Clinical trial (EHCT)": f"{_CATEGORIES}EHCT",
            "Other data of medical devices (EMRD)": f"{_CATEGORIES}EMRD",
        }
    ),
    codes=MappingProxyType({code: _CATEGORIES + code for code in _ARTICLE_51}),
)
LICENCES: Final = FixedList(
    title="Licences",
    names=MappingProxyType(
        {
            "CC BY 4.0": f"{_LICENCES}by/4.0/",
            "CC BY-SA 4.0": f"{_LICENCES}by-sa/4.0/",
            "CC BY-NC 4.0": f"{_LICENCES}by-nc/4.0/",
            "CC BY-NC-SA 4.0": f"{_LICENCES}by-nc-sa/4.0/",
            "CC BY-ND 4.0": f"{_LICENCES}by-nd/4.0/",
            "CC BY-NC-ND 4.0": f"{_LICENCES}by-nc-nd/4.0/",
            "CC BY 3.0": f"{_LICENCES}by/3.0/",
            "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
        }
    ),
    codes=MappingProxyType(
        {
            "CC-BY-4.0": f"{_LICENCES}by/4.0/",
            "CC-BY-SA-4.0": f"{_LICENCES}by-sa/4.0/",
            "CC-BY-NC-4.0": f"{_LICENCES}by-nc/4.0/",
            "CC-BY-NC-SA-4.0": f"{_LICENCES}by-nc-sa/4.0/",
            "CC-BY-ND-4.0": f"{_LICENCES}by-nd/4.0/",
            "CC-BY-NC-ND-4.0": f"{_LICENCES}by-nc-nd/4.0/",
            "CC-BY-3.0": f"{_LICENCES}by/3.0/",
            "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
            "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
        }
    ),
    open=True,
)
FORMATS: Final = FixedList(
    title="File formats",
    names=MappingProxyType({"DICOM": f"{_MEDIA_TYPES}dicom", "ZIP": f"{_MEDIA_TYPES}zip"}),
    codes=MappingProxyType({"application/dicom": f"{_MEDIA_TYPES}dicom", "DCM": f"{_MEDIA_TYPES}dicom"}),
    open=True,
)
LISTS: Final = MappingProxyType(
    {
        "access-rights": ACCESS_RIGHTS,
        "health-categories": HEALTH_CATEGORIES,
        "licences": LICENCES,
        "formats": FORMATS,
    }
)
