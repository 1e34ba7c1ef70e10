"""Guides as Markdown: ``words.md`` explains the words, ``maintaining.md`` says how to change the package; the README lists all."""
