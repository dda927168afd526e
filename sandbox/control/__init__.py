"""The stand-in's own HTTP interface, under /sandbox/: looking, changing, acting as a person."""
