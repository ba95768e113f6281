"""Where: areas as a tree down to the building, the points that are visited, and who answers for them."""
