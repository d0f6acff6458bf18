"""Everything that changes repair orders and imports, one module for each."""
