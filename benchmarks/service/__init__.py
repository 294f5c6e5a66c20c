"""A service as one would write it in an afternoon with PuLP, CBC and Flask, and a measurement of it beside ours."""
