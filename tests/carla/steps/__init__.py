"""The steps of genuine.py."""
