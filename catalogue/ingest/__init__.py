"""From what a provider sent to what the ledger keeps and publishes."""
