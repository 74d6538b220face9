"""What a step costs, beside what else does such things. Run with ``python -m benchmarks``."""
