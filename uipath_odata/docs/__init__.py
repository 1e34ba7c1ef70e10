"""The guides, as Markdown: how to use the package, and how to maintain it."""
