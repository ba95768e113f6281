"""晚间调度与日报: each group is heard, what is decided starts at once, and the day's numbers are frozen, numbered and sealed."""
