"""What Slack accepts in blocks, views and messages."""
