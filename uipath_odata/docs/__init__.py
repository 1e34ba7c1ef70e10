"""Guides as Markdown: ``maintaining.md`` says how to change the package. How to use it is in the README."""
