"""The doors of the web application; none knows another."""
