"""What the service writes down of what it does: one line for each event, with the request and the job that it is about."""
