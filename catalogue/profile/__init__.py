"""A record in the profile, as statements and as a dataset."""
