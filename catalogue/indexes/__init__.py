"""Where the catalogue's datasets are searched and counted."""
