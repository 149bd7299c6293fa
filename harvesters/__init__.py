"""Dataset descriptions brought in from provider nodes."""
