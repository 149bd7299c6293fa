"""What the endpoint says of itself to machines: SPARQL 1.1 Service Description."""

from typing import Final

# Federated queries are not listed, for they are refused.
_DESCRIPTION: Final = """\
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix formats: <http://www.w3.org/ns/formats/> .
@prefix dct: <http://purl.org/dc/terms/> .

<{endpoint}> a sd:Service ;
    sd:endpoint <{endpoint}> ;
    dct:title "Cancer image catalogue"@en ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:feature sd:UnionDefaultGraph ;
    sd:resultFormat formats:SPARQL_Results_JSON , formats:SPARQL_Results_XML ,
        formats:SPARQL_Results_CSV , formats:SPARQL_Results_TSV ,
        formats:Turtle , formats:N-Triples , formats:RDF_XML ;
    sd:defaultDataset [
        a sd:Dataset ;
        sd:defaultGraph [ a sd:Graph ; dct:description "The union of all named graphs."@en ] ;
        sd:namedGraph [ a sd:NamedGraph ; sd:name <{base}/graph/catalogue> ] ,
            [ a sd:NamedGraph ; sd:name <{base}/graph/concepts> ] ,
            [ a sd:NamedGraph ; sd:name <{base}/graph/mappings> ]
    ] .
"""


def service_description(endpoint: str, base_url: str) -> str:
    return _DESCRIPTION.format(endpoint=endpoint, base=base_url)
