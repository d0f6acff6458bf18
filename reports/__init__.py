"""What it all adds up to: the customer's file as a page and a form. Reads the other apps."""
