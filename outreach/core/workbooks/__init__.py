"""Files of tables that people give: sheets of cells, read in a process with limits. No database."""
