"""A client's twelve months in counts, read at a glance."""
