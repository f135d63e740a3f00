"""The client role: transport, sign-in, one short typed method per call."""
