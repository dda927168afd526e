"""A client's whole record: look-ups, paging, search, export."""
