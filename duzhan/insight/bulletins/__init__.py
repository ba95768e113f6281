"""外来通报: reads the figures out of what lower bodies, neighbours and the press write, and lays them beside the ledger."""
