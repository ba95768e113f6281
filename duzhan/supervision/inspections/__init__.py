"""走访检查: who went where and when, what was asked, what was found, and what is hard for those who were visited."""
