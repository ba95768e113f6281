"""Where things are: positions with their datum kept, distances in metres, and what lies inside an outline."""
