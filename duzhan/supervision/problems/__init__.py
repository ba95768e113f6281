"""问题台账: each problem from the minute it is found until a second person has seen it mended."""
