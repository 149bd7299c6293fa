"""Cancer imaging concepts, and what providers' words mean."""
