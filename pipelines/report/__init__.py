"""One static HTML file that shows the archive, drawn without network and without scripts."""
