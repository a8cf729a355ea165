"""The supervisor's list of workers, the worker's page, conflicts and holds."""
