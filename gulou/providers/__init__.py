"""Providers outside: SMS, WeCom applications, official accounts. What each is owed, and its protocol."""
