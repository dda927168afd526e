"""The workspace in a browser: its page, and what the page does for the person who uses it."""
