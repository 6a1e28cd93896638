"""Files of contacts: tables, spreadsheets and vCards as people have them, read and written row by row."""
