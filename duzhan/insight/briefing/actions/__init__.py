"""Everything that changes meetings, reports and what lower bodies say of themselves; each is an event."""
