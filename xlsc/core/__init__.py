"""What xlsc thinks with: values, tables, documents, checks, matching, marks. Pure, standard library only."""
