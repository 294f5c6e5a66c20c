"""How long Oremix takes, beside the libraries that the same problem could be written in. Not installed."""
