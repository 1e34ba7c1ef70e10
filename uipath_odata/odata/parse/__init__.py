"""Filter texts of a web page's users to expressions: parsed, typed, and limited to allowed properties.

``tokens`` splits the text, ``syntax`` makes a tree, ``filter`` adds types and makes the condition, and ``allowed`` says which
properties it may name. ``params`` reads all parameters of a request.
"""
