"""Where the files of errands lie in the storage."""

from gulou.kit.shelf import Shelf

files = Shelf("errands")
