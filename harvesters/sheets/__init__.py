"""The sheet by which a hospital without an endpoint tells its datasets: columns, lists, rows, uploads."""
