"""The verbs: each stage's commands and rules, side by side."""
