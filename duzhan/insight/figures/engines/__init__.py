"""数字在别处: the figures of the catalogue counted over exported events, on one machine or on many."""
