"""What follows from which fact. Read this page to know every consequence in the house."""

from gulou.outbox.table import Table

REACTIONS: Table = {}
