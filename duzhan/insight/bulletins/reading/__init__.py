"""读文: from the bytes of a bulletin to its figures. Knows no tables, no pages and no Django."""
