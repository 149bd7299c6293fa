"""Published releases of terminologies (OWL, OBO, SKOS, OncoTree), and what they bring to the scheme."""
