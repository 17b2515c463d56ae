"""Where files lie between their dry run and their confirmation."""

from gulou.kit.shelf import Shelf

files = Shelf("sheets")
