"""What the work adds up to: figures, briefings, bulletins and warnings. It reads the work and writes only its own."""
