"""Putting an incident on record: form, submission, card, addenda."""
