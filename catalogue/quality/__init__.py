"""How good the records are, by the project's own SHACL shapes."""
