"""Compiles templates and bundles scripts and styles. The running server never imports it."""
