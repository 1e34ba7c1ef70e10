"""Reading and writing entities of any set: selection, projection, shapes, samples."""

from __future__ import annotations
