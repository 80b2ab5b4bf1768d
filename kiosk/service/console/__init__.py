"""The house's pages in a browser and its REST API, on a listener of their own. README.md says how to add to them."""
