"""Every write to customers, their vehicles and consultations."""
