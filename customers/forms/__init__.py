"""The shape of what people type about customers and vehicles."""
