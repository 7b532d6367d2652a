"""A Dask cluster in the place of this machine's processes: loaded only where one is named."""
