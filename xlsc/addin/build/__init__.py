"""The add-in's files from text, on any system, byte-identical on each run, without Excel."""
