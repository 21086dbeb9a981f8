"""Report: one offline HTML file, and figures."""
