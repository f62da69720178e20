"""HTTP for all views: headers, compression, pagination, answers to the script, error pages."""
