"""Questions that are answered later: a queue in the database, the workers that empty it, and who looks on."""
