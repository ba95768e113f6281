"""What other pages say of tonight's meeting."""
