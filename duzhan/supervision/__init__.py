"""督: the closed loop. Points are visited, problems found, handed over, rectified, verified and closed."""
