"""The pages of problems: the ledger, one problem, its moves, and the inbox of those who must mend."""
