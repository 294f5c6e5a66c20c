"""What the service writes down of what it does: a line for each event, with the request and the job it is about."""
