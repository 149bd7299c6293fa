"""A Molgenis EMX2 database that answers as its RDF API does, with rows that a test writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.harvesters.scripted_provider import Answer, Provider

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix fdp-o: <https://w3id.org/fdp/fdp-o#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# What every row says of itself, whatever it describes.
OWN = "qb:dataSet <{table}> ; dcat:endpointURL <{api}> ; fdp-o:metadataIdentifier <{row}>"


@dataclass
class Emx2:
    """Serves tables of one schema; ``base`` is the address that rows are named by, as their server has it."""

    provider: Provider
    base: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        return f"{self.base or self.provider.url}/Eucaim/api/rdf"

    def row(self, key: str, *columns: str, table: str = "Collections", terms: str = "") -> str:
        """``columns`` are ``name value`` in Turtle; ``terms`` further statements of the row."""
        own = OWN.format(table=f"{self.api}/{table}", api=self.api, row=f"{self.api}/{table}?{key}")
        said = [f"a <{self.api}/{table}>, qb:Observation", own, f'rdfs:label "{key.partition("=")[2]}"']
        for column in columns:
            name, _, value = column.partition(" ")
            said.append(f"<{self.api}/{table}/column/{name}> {value}")
        return f"<{self.api}/{table}?{key}> {' ; '.join([*said, *filter(None, [terms])])} .\n"

    def term(self, table: str, name: str) -> str:
        """A value of a list: a row of another schema, by its name."""
        return f"<{self.base or self.provider.url}/CatalogueOntologies/api/rdf/{table}?name={quote(name)}>"

    def serve(self, *rows: str, table: str = "Collections", described: bool = True, **headers: str) -> None:
        about = f'<{self.api}/{table}> a owl:Class ; rdfs:label "{table}" .\n' if described else ""
        column = f"<{self.api}/{table}/column/id> rdfs:domain <{self.api}/{table}> .\n" if described else ""
        body = (PREFIXES + about + column + "".join(rows)).encode()
        self.provider.answers[f"/Eucaim/api/rdf/{table}"] = Answer(body, headers=headers)
