"""What people read of their desk."""
