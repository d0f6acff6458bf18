"""What every REST endpoint shares; the endpoints themselves stand in each app's `api.py`."""
