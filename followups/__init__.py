"""What is owed to customers afterwards: follow-ups, the queue, calls, letters, matters."""
