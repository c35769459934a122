"""Half-filled forms, kept on the server for whoever types them: under forms, above accounts."""
