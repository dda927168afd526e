"""A client's record in counts, by month: kept with each incident, read at a glance."""
