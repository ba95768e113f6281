"""What time it is, which days are worked, and by when a thing is due."""
