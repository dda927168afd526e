"""What the bot costs, as ratios against floors measured in the same run."""
