"""The report for programs: JSON with read keys, OpenAPI, and tools for AI over MCP."""
