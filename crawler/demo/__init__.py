"""The bundled mirror network: a newspaper and the sites that copy it, on loopback; docs/demo-network.md."""
