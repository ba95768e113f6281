"""数字: what was done, in numbers as of any minute and as they were known at any minute, each open down to its records."""
