"""Action ids that one room draws and another answers."""

NEW_INCIDENT = "new_incident"
"""Opens the form. Value: a client's id, or nothing."""

OPEN_RECORD = "open_record"
"""Opens one record in full. Value: the incident's id."""

OPEN_HISTORY = "open_history"
"""Opens a client's whole record. Value: the client's id."""

ADD_NOTE = "add_note"
"""Opens the field for an addendum. Value: the incident's id."""

CLIENT = "client"
"""Every field that chooses a client; its options are found while one types."""
