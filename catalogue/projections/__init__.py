"""The followers of the change log: graph store and search index, each with its own watermark."""
