"""What a route may ask for instead of a permission."""

PUBLIC = "public"
LOGGED_IN = "logged in"
