"""The methods of Slack's Web API, one file a family."""
