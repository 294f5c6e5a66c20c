"""What can be measured of the service, for Prometheus, and whether it is ready."""
