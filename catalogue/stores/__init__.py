"""Where the catalogue's RDF is kept and asked."""
