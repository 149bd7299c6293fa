"""Which records oai-repo offers. This module runs in the environment of oai-repo, under gunicorn.

``OAI_RECORDS`` names a JSON file with the address, the metadata formats, and for each record its datestamp,
its set and its metadata by format.
"""

import json
import os
from datetime import datetime
from pathlib import Path

import oai_repo  # type: ignore[import-not-found]
from flask import Flask, Response, request
from lxml import etree


class Records(oai_repo.DataInterface):  # type: ignore[misc]
    """Pages of ten; sets are named after their specification."""

    limit = 10

    def __init__(self, file: Path) -> None:
        self._held = json.loads(file.read_text("utf-8"))
        self._records = self._held["records"]

    def get_identify(self) -> oai_repo.Identify:
        return oai_repo.Identify(
            repository_name="Node of a hospital",
            base_url=self._held["url"],
            admin_email=["support@example.org"],
            earliest_datestamp=min(record["datestamp"] for record in self._records.values()),
            deleted_record="no",
            granularity="YYYY-MM-DDThh:mm:ssZ",
        )

    def is_valid_identifier(self, identifier: str) -> bool:
        return identifier in self._records

    def get_metadata_formats(self, identifier: str | None = None) -> list[oai_repo.MetadataFormat]:  # noqa: ARG002
        return [oai_repo.MetadataFormat(*one) for one in self._held["formats"]]

    def get_record_header(self, identifier: str) -> oai_repo.RecordHeader:
        record = self._records[identifier]
        return oai_repo.RecordHeader(identifier, record["datestamp"], [record["set"]])

    def get_record_metadata(self, identifier: str, metadataprefix: str) -> etree._Element:
        return etree.fromstring(self._records[identifier]["metadata"][metadataprefix])

    def get_record_abouts(self, identifier: str) -> list[etree._Element]:  # noqa: ARG002
        return []

    def list_set_specs(self, identifier: str | None = None, cursor: int = 0) -> tuple[list[str], int, None]:  # noqa: ARG002
        specifications = sorted({record["set"] for record in self._records.values()})
        return specifications, len(specifications), None

    def get_set(self, setspec: str) -> oai_repo.Set:
        return oai_repo.Set(setspec, setspec, [])

    def list_identifiers(
        self,
        metadataprefix: str,  # noqa: ARG002
        filter_from: datetime | None = None,
        filter_until: datetime | None = None,
        filter_set: str | None = None,
        cursor: int = 0,
    ) -> tuple[list[str], int, None]:
        found = [
            identifier
            for identifier, record in self._records.items()
            if (filter_set is None or record["set"] == filter_set)
            and (filter_from is None or filter_from <= datetime.fromisoformat(record["datestamp"]))
            and (filter_until is None or datetime.fromisoformat(record["datestamp"]) <= filter_until)
        ]
        return found[cursor : cursor + self.limit], len(found), None


application = Flask(__name__)
repository = oai_repo.OAIRepository(Records(Path(os.environ["OAI_RECORDS"])))


@application.route("/oai", methods=["GET", "POST"])
def oai() -> Response:
    return Response(bytes(repository.process(request.values.to_dict())), mimetype="text/xml")
