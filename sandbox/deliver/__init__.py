"""The way from Slack to the app: signed HTTP or Socket Mode, and what is made of the answers."""
