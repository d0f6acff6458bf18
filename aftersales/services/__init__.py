"""Every write about people: logins, second factors, links to a new password, accounts."""
