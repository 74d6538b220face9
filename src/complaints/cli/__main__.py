"""``python -m complaints.cli`` is ``complaints``."""

from __future__ import annotations

import sys

from complaints.cli import main

if __name__ == "__main__":
    sys.exit(main())
