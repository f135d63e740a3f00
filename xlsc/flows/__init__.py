"""One file per user action: a flow takes (sheet, client, outbox, options) and returns a report value."""
