"""Pages that belong to no app: the way in, people, and the installation's health."""
