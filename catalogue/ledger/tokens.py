"""By which tokens providers ask for a harvest. Only their hashes are kept."""

from hmac import compare_digest

from sqlalchemy import select, update

from catalogue.errors import NotFound
from catalogue.ledger.engine import OnDatabase
from catalogue.ledger.tables import source


class Tokens(OnDatabase):
    def set_token(self, source_id: str, sha256: str) -> None:
        """Replace the source's token; "" takes it away. Raises ``NotFound`` where there is no source."""
        with self._database.writing() as connection:
            ours = (source.c.id == source_id) & source.c.removed.is_(None)
            if not connection.execute(update(source).where(ours).values(token_sha256=sha256)).rowcount:
                raise NotFound(f"there is no source {source_id!r}")

    def source_of_token(self, sha256: str) -> str | None:
        """Which source the token with this hash belongs to.

        All are compared, each in the same time, so that how long it takes tells nothing of a hash.
        """
        kept = select(source.c.id, source.c.token_sha256).where(
            source.c.token_sha256 != "", source.c.removed.is_(None)
        )
        found = None
        with self._database.reading() as connection:
            for row in connection.execute(kept):
                if compare_digest(row.token_sha256.encode(), sha256.encode()):
                    found = str(row.id)
        return found
