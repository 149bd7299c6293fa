"""Molgenis EMX2 in its own words: how its tables, columns and rows are named, and what its columns mean."""
