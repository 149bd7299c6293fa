"""The process that harvests and keeps the projections up to date."""
