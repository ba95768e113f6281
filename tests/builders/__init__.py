"""Builders bring a thing to a stage by real actions, never by setting a field."""
