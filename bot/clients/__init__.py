"""The directory of clients: find, add, import, export."""
