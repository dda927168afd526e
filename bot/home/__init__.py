"""App Home: a person's own view."""
