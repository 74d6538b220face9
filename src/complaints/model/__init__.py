"""The nouns: what a complaint is made of. Every value is frozen and checked at birth."""
