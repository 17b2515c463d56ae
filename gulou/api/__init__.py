"""What programs read and send, as a contract."""
