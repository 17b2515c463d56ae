"""What the field app on a telephone talks to: its shell, and a small API to pull from and push to."""
