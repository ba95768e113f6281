"""Photos and files: kept as they came, shown clean, and only to those who may see what they are about."""
