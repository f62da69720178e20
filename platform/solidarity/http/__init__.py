"""HTTP around every view: headers, compression, pagination, in-place answers, error pages."""
