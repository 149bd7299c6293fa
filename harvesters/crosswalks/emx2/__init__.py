"""Molgenis EMX2: what the columns of its catalogues mean, and what a row says of a dataset."""

from harvesters.crosswalks.emx2.row import VERSION, Translated, emx2

__all__ = ["VERSION", "Translated", "emx2"]
