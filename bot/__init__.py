"""On Record: difficult-client incidents, on record the moment they happen."""
