"""The desk's page of one list, with its deaths, tasks and faces."""
