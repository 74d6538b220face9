"""The revisions, oldest first; a revision is never changed after its release."""
