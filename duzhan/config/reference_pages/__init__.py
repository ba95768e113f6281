"""The pages of the reference, each told by the code that it is about: whoever looks something up reads what holds."""
