"""Studies: what plans are used for."""
