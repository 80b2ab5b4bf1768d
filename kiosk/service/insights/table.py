"""A table as CSV."""

from __future__ import annotations

import csv
import io

from kiosk.service.insights.figures import Table
from kiosk.service.store.export import harmless


def as_csv(table: Table) -> str:
    """With a heading. What a spreadsheet would take for a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return out.getvalue()
