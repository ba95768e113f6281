"""The pages of operations: the list, one operation and what its office does in it, and who holds which post."""
