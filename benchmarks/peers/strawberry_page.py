"""Strawberry with resolvers and SQL written by hand, as its manual has it for production: documents are parsed and
validated once, asyncpg prepares the statement of a page once a connection."""

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

PAGE = Path(__file__).with_name("prepared-page.sql").read_text()
PROCESSES = int(os.environ["PROCESSES"])
# As many connections to the database as the load has, over all processes.
CONNECTIONS = 8 // PROCESSES


@strawberry.type
class Entry:
    id: strawberry.ID
    entry_number: str
    posting_date: str
    account_number: str
    description: str
    debit: str
    credit: str
    currency: str
    created_at: str


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Entries:
    nodes: list[Entry]
    page_info: PageInfo


def money(ten_thousandths: int) -> str:
    return f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000 // 100:02}"


def entry(row: asyncpg.Record) -> Entry:
    number, voucher, day, account, description, debit, credit, currency, created_at = row
    moment = datetime.fromtimestamp(created_at / 1_000_000, UTC).isoformat()
    return Entry(
        id=str(number),
        entry_number=voucher,
        posting_date=day,
        account_number=account,
        description=description,
        debit=money(debit),
        credit=money(credit),
        currency=currency,
        created_at=moment,
    )


@strawberry.type
class Query:
    @strawberry.field
    async def unexported_entries(self, system_id: str, first: int = 50, after: str | None = None) -> Entries:
        rows = await app.state.pool.fetch(PAGE, system_id, int(after or 0), first + 1)
        nodes = [entry(row) for row in rows[:first]]
        cursor = nodes[-1].id if nodes else None
        return Entries(nodes=nodes, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=cursor))


@asynccontextmanager
async def connected(app: Starlette):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        app.state.pool = pool
        yield


schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])
app = Starlette(routes=[Route("/graphql", GraphQL(schema, graphql_ide=None))], lifespan=connected)

if __name__ == "__main__":
    uvicorn.run(
        "strawberry_page:app",
        port=int(os.environ["PORT"]),
        workers=PROCESSES,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
    )
