"""What people do on their screens, and what Slack makes of it."""
