"""REST endpoints of repair orders and imports."""
