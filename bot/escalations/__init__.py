"""Early, once, explained: rules, raising, the summary, who has it."""
