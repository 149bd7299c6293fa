"""A visitor's search: compiled for the index, answered as a page of hits with facets and reasons."""
