"""What the catalogue says of its records to other machines."""
