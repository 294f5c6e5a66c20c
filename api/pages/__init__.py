"""The pages of the service: for browsers, from this server alone."""
