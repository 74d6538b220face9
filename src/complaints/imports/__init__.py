"""
Bringing in what is already there: files of another system, read by a map, become complaints here.

A map says which column is what; :func:`import_file` takes the rows in, as often as one likes and never twice.
"""

from __future__ import annotations

from complaints.imports.bringing_in import Progress, import_file
from complaints.imports.counting import Imported, Sample
from complaints.imports.findings import Mark
from complaints.imports.mapping import ImportMap, load_map, shipped_maps
from complaints.imports.refused import beside

__all__ = ["ImportMap", "Imported", "Mark", "Progress", "Sample", "beside", "import_file", "load_map", "shipped_maps"]
