"""Duzhan 督战: supervising an emergency from the minute the response is switched on to the day it is stood down."""
