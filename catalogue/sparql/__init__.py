"""Which queries of visitors are let through to the graph, before any parser sees them."""
