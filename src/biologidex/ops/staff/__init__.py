"""The pages of those who run the server. To everybody else there is nothing here."""
