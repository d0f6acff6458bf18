"""Every write of reports: measures, mailboxes, and digests into the outbox."""
