"""Who brings the cars: customers, their vehicles, consultations, duplicates."""
