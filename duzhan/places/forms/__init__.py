"""What is typed or brought as a table to enter points, and to look for areas."""
