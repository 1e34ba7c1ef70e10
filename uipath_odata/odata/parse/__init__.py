"""Filter texts from strangers to expressions: parsed, typed, and held to a list of properties."""
