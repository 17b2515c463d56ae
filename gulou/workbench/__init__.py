"""What people keep at their desk: views, subscriptions, mentions, who looks at what."""
