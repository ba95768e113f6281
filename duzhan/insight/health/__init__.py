"""系统状况: is the worker alive, does it keep up, and what did it give up: for whoever keeps the system."""
