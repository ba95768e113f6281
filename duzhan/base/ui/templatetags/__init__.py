"""How templates write instants, spans, numbers and pictures."""
