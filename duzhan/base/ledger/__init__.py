"""The ledger: what happened, once, in order, and so that nobody can quietly rewrite it."""
