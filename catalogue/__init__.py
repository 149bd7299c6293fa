"""The metadata catalogue and FAIR semantic search service for cancer images."""
