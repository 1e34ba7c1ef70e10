"""Filter texts from strangers to expressions: parsed, typed, and held to a list of properties.

``tokens`` cuts the text, ``syntax`` makes a tree, ``filter`` gives it types and builds the condition, ``allowed`` says which
properties it may name. ``params`` reads all parameters of a request.
"""
