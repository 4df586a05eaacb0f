"""A view, or one campaign of it, as a PDF to hand on: cover line, cards, chart, table, proof."""
