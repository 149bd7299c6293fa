"""What curators look at before they decide, and what their decisions would change."""
