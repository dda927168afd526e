"""The shared edge to Slack: blocks, escaping, people, permission."""
