"""Which example queries the page shows; each answers a question that people ask."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    note: str
    text: str


EXAMPLES: Final = (
    Example(
        "Datasets of a cancer and all narrower ones",
        "skos:broaderTransitive",
        """SELECT DISTINCT ?dataset ?title ?type
WHERE {
  ?cancer skos:prefLabel "Lung cancer"@en .
  ?concept skos:broaderTransitive? ?cancer ;
           skos:prefLabel ?type .
  ?dataset eucaim:hasCondition ?concept ;
           dct:title ?title .
  FILTER (lang(?type) = "en")
}
ORDER BY ?title
LIMIT 100""",
    ),
    Example(
        "Patients of datasets by modality",
        "GROUP BY; the same patient counts once a modality",
        """SELECT ?modality (COUNT(?dataset) AS ?datasets) (SUM(?patients) AS ?sum)
WHERE {
  ?dataset eucaim:hasImageModality ?concept .
  ?concept skos:prefLabel ?modality .
  FILTER (lang(?modality) = "en")
  OPTIONAL { ?dataset healthdcatap:numberOfUniqueIndividuals ?patients }
  FILTER NOT EXISTS { ?dataset cimg:countsTowardsTotals false }
}
GROUP BY ?modality
ORDER BY DESC(?sum)""",
    ),
    Example(
        "What a raw value was taken for, and why",
        "cimg:alignedValue",
        """SELECT ?raw ?axis ?code ?rule (COUNT(?dataset) AS ?datasets)
WHERE {
  ?dataset cimg:alignedValue ?value .
  ?value cimg:rawValue ?raw ;
         cimg:axis ?axis .
  OPTIONAL { ?value cimg:conceptCode ?code }
  OPTIONAL { ?value cimg:rule ?rule }
}
GROUP BY ?raw ?axis ?code ?rule
ORDER BY DESC(?datasets)
LIMIT 100""",
    ),
    Example(
        "How many datasets each kind of glioma has",
        "the closure on both sides; only concepts that a dataset has",
        """SELECT ?type (COUNT(DISTINCT ?dataset) AS ?datasets)
WHERE {
  ?glioma skos:notation "CLIN1007995" .
  ?kind skos:broaderTransitive? ?glioma ;
        skos:prefLabel ?type .
  ?concept skos:broaderTransitive? ?kind .
  ?dataset eucaim:hasCondition ?concept .
  FILTER (lang(?type) = "en")
}
GROUP BY ?type
ORDER BY DESC(?datasets) ?type
LIMIT 100""",
    ),
    Example(
        "Which words were taken for a concept, and why",
        "sssom:Mapping",
        """SELECT ?word ?relation ?concept ?reason ?comment
WHERE {
  ?mapping a sssom:Mapping ;
           owl:annotatedSource ?word ;
           owl:annotatedProperty ?relation ;
           owl:annotatedTarget ?target ;
           sssom:mapping_justification ?reason .
  ?target skos:prefLabel ?concept .
  FILTER (lang(?concept) = "en")
  ?target skos:broaderTransitive?/skos:notation "CLIN1000065" .
  OPTIONAL { ?mapping rdfs:comment ?comment }
}
ORDER BY ?word
LIMIT 100""",
    ),
    Example(
        "Datasets with CT and segmentations",
        "two patterns",
        """SELECT ?dataset ?title
WHERE {
  ?dataset dct:title ?title ;
           eucaim:hasImageModality/skos:notation "IMG1000042" ;
           eucaim:hasImageModality/skos:prefLabel "Segmentation"@en .
}
ORDER BY ?title""",
    ),
    Example(
        "Records that changed last",
        "dcat:CatalogRecord",
        """SELECT ?title ?source ?modified
WHERE {
  ?record a dcat:CatalogRecord ;
          foaf:primaryTopic/dct:title ?title ;
          cimg:source ?source ;
          dct:modified ?modified .
}
ORDER BY DESC(?modified)
LIMIT 20""",
    ),
    Example(
        "Everything said of one dataset",
        "DESCRIBE",
        """DESCRIBE ?dataset
WHERE { ?dataset dct:title "TCGA-BRCA"@en }""",
    ),
)
