"""What is done to the cars: repair orders, and the import of orders from other systems."""
