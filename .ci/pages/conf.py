"""Settings of Sphinx for the guides and the API reference."""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from typing import Any

project = "uipath-odata"
version = release = version_of("uipath-odata")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"uipath-odata {release}"
html_css_files = ["words.css"]
html_static_path = ["static"]
html_show_copyright = html_show_sphinx = html_copy_source = False

myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": True}
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False
napoleon_numpy_docstring = False
napoleon_attr_annotations = True
suppress_warnings = ["ref.python"]  # entities of several sets have one name, such as Settings


def setup(app: Any) -> None:
    app.connect("autodoc-process-signature", _signature)


def _signature(
    _app: Any, what: str, name: str, _found: object, _options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Leave out what an entity could be made of, and how attrs keeps a default."""
    if what == "class" and name.startswith(("uipath_odata.entities.", "uipath_odata.operations.")):
        return "", None
    return signature and re.sub(r"attr_dict\['\w+'\]\.default", "…", signature), returns
