"""Saves through real browsers while network, server, browsers and versions are hurt at random.

``python -m tests.chaos --saves 2000 --phones 4 --database sqlite --seed 1`` runs it; ``outside``
then counts in the database without using any code of the product.
"""
