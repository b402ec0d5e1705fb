"""What a client is made with: credentials, base URL, environment, options. Errors name a setting, never its value."""
