"""Tables for offices: the ledger as XLSX and CSV, with the filter and the visibility of the page it was taken from."""
