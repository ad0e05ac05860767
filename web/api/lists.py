"""How lists are cut into pages: `limit`, `cursor`, and `{"items": [...], "next_cursor": …}`, oldest first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Query

T = TypeVar("T")

DEFAULT = 50
MOST = 500  # contract, section 6


class Paging(NamedTuple):
    """`after` is the id of the last item seen; `read` is one more than asked, to know of a next page."""

    limit: int
    after: int

    @property
    def read(self) -> int:
        return self.limit + 1


async def limit_asked(limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT) -> int:
    return limit


async def _paging(
    limit: Annotated[int, Depends(limit_asked)],
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,18}$")] = None,
) -> Paging:
    return Paging(limit, int(cursor or 0))


Paged = Annotated[Paging, Depends(_paging)]


def page(
    found: Sequence[T],
    *,
    limit: int,
    shown: Callable[[T], Mapping[str, Any]],
    place: Callable[[T], object],
) -> dict[str, Any]:
    """`found` holds one item more than `limit` when there is another page."""
    items = found[:limit]
    more = len(found) > limit
    return {
        "items": [shown(item) for item in items],
        "next_cursor": str(place(items[-1])) if more else None,
    }
