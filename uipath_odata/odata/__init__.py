"""OData 4.0 without I/O: queries, their text, and the entities that they speak of.

A ``query`` holds a condition (``expr/``), what is ``selected`` and an order; ``resolve`` refuses properties of other
entities, ``limits`` and ``bounds`` what Orchestrator would refuse, and ``url`` encodes the text. An ``entity`` is
declared with ``descriptors``; its rows are read and written in ``rows/``. ``instant`` is a time exact to 100 ns,
``plain`` takes the values of other libraries, and ``secret_properties`` is the one list of secrets. ``page_text`` reads
pages that came in the place of JSON; ``parse/`` reads filters from strangers.
"""

from __future__ import annotations
