"""What the workspace holds: people, conversations, views, files, traffic."""
