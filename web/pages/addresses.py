"""Numbers as they stand in the addresses of pages."""

from typing import Annotated

from fastapi import Path, Query

LARGEST_ID = 2**63 - 1  # what a key of the database can be

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Place = Annotated[int, Query(ge=0, le=LARGEST_ID)]
"""The id after which a list goes on; 0 for its beginning."""
