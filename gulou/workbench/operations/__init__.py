"""What people change at their desk."""
