"""The paper's claims, tested at a size that two cores finish: docs/findings.md, "The paper's claims at our scale"."""
