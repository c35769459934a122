"""Reading a registration workbook: from bytes to rows with an outcome. Knows no database."""
