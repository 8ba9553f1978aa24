"""One static HTML file that shows the archive: gathered from the catalog, drawn without network or scripts from pages."""
