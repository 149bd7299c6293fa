"""Pages for people and JSON for machines, over the search index and the ledger."""
