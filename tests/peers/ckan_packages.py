"""How the facts of a collection are written as a CKAN package of ckanext-dcat's HealthDCAT-AP schema."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from catalogue.sample.facts import Collection
from catalogue.sample.items import Item, collection_item

_AUTHORITY = "http://publications.europa.eu/resource/authority"
_NOT_IN_A_TAG = re.compile(r"[^\w .-]+")


def package(collection: Collection) -> Mapping[str, JsonValue]:
    """Arguments of ``package_create``, but for the organisation."""
    item = collection_item(collection)
    return {
        "name": collection.id,
        "title": item.title,
        "notes": item.description,
        "identifier": collection.id,
        "url": f"https://doi.org/{item.doi}",
        "tags": [{"name": name} for name in _tags(item)],
        "access_rights": f"{_AUTHORITY}/access-right/PUBLIC",
        "theme": [f"{_AUTHORITY}/data-theme/HEAL"],
        "language": [f"{_AUTHORITY}/language/ENG"],
        "modified": item.datestamp.isoformat(),
        "number_of_unique_individuals": collection.patients,
        "number_of_records": collection.studies,
        "contact": [{"name": item.contributor, "email": "support@example.org"}],
        "resources": [_resource(item)],
    }


def _resource(item: Item) -> dict[str, JsonValue]:
    return {
        "name": "DICOM images",
        "url": f"https://doi.org/{item.doi}",
        "mimetype": "application/dicom",
        "license": item.licences[0].url,
    }


def _tags(item: Item) -> list[str]:
    """CKAN takes tags of 2 to 100 characters, and few marks in them."""
    words = (_NOT_IN_A_TAG.sub(" ", subject.value).strip() for subject in item.subjects)
    return [word for word in dict.fromkeys(words) if 2 <= len(word) <= 100]
