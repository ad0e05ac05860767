"""The files of a database, to be searched byte by byte."""

from pathlib import Path

from sqlalchemy import Connection, text

from engine.house import House


async def files_of_database(house: House) -> list[Path]:
    """All that it keeps in files, besides PostgreSQL's write-ahead log."""
    if house.database.dialect == "sqlite":
        place = Path(house.settings.database_url.removeprefix("sqlite:///"))
        return sorted(each for each in place.parent.glob(f"{place.name}*") if each.is_file())

    def where(connection: Connection) -> str:
        folder = connection.execute(text("SHOW data_directory")).scalar_one()
        named = text("SELECT oid FROM pg_database WHERE datname = current_database()")
        return f"{folder}/base/{connection.execute(named).scalar_one()}"

    folder = Path(await house.database.read(where))
    return sorted(each for each in folder.rglob("*") if each.is_file())
