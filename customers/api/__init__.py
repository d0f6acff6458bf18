"""REST endpoints of customers, their vehicles and consultations."""
