"""Where things are: positions with their datum kept, and distances in metres."""
