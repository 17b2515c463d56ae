"""Every kind of long work that a person may ask for. Each row says who may, by verbs."""

from gulou.errands.table import Table

ERRANDS: Table = {}
