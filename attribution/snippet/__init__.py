"""The website tag: the script for a company's pages, and what one needs to put it there."""
