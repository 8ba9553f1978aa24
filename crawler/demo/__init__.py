"""The bundled mirror network: one newspaper and the sites that copy it, on loopback. See docs/demo-network.md."""
