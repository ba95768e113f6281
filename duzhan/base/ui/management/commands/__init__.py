"""Collecting and compiling what is said in English."""
