"""A list from its opening to what its decisions do: lines, answers, tasks, deaths, signatures."""
