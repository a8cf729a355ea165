"""The lists' tables, and the queries over them."""
