"""Forms: what a step asks for, a form that somebody filled in, and the case file that people read."""
