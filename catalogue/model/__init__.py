"""The catalogue's own values: datasets, queries, runs."""
