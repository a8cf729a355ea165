"""The first page of the office: how far the programme has come."""
