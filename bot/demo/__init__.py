"""The demo: an invented MSP with fourteen months of record, and a stand-in Slack to use it in."""
