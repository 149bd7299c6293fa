"""The search index in an Elasticsearch cluster: one alias, behind it the index that is current."""

from catalogue.indexes.elasticsearch.reader import ElasticsearchReader
from catalogue.indexes.elasticsearch.writer import ElasticsearchWriter

__all__ = ["ElasticsearchReader", "ElasticsearchWriter"]
