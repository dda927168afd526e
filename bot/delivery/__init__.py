"""The outbox: what must stand in Slack, sent effectively once."""
