"""What was achieved, in numbers: each figure with its formula and version."""
