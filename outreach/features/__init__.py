"""One folder for each job of a person: its queries, rules, views and presenters."""
