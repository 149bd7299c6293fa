"""Pure functions from what was received to triples in the catalogue's profile."""
