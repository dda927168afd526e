"""A stand-in Slack workspace: Slack's real protocol, strictly kept, on one's own machine."""
