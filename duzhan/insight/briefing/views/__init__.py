"""The pages of the evening meeting, the daily report and what lower bodies say of themselves."""
