"""The simulated store in figures: ``python tests/bench/simulator.py [--no-huge]``.

Stores are served by the command line in processes of their own and asked over HTTP, as their users do. Every figure is
a median, with its ratio to something bare taken in the same run: starting up, to an interpreter that imports what
serves; an answer, to the same bytes sent by a route of Starlette on the same server; a query, besides, to graphql-core
over plain dictionaries. The huge store is the seed ``huge``: 100,000 products (simulator.md 7). Exits 1 when a goal of
that section is missed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from graphql import build_schema, execute, get_introspection_query, parse
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from runner.project import seed_names  # noqa: E402  after the path above

CACHE = Path(tempfile.gettempdir()) / "simulator-bench-bytecode"
PATH = "/admin/api/2026-04/graphql.json"
GOALS = {"start": 1.0, "small query": 5.0, "memory": 1500.0}
"""Seconds to the first answer of ``prints``; milliseconds; MB of the huge store."""
IMPORTS = "import graphql, h11, starlette.applications, uvicorn, yaml"
SMALL = "{ shop { name } products(first: 3) { nodes { id title handle } } }"
PAGE = "{ productVariants(first: 250) { nodes { id sku price inventoryQuantity product { id title } } } }"
BULK = "{ products { edges { node { id title variants { edges { node { id sku price } } } } } } }"
RUN = "mutation ($query: String!) { bulkOperationRunQuery(query: $query) { userErrors { message } } }"
RESULT = "{ currentBulkOperation { status objectCount url } }"


class Served:
    """A store that ``runner shop serve`` serves."""

    def __init__(self, process: subprocess.Popen[str], url: str, token: str, seconds: float) -> None:
        self.process = process
        self.seconds = seconds
        self.client = httpx.Client(
            base_url=url, headers={"X-Shopify-Access-Token": token}, timeout=600, trust_env=False
        )

    def ask(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The body of the answer, which has no errors."""
        body: dict[str, Any] = self.client.post(PATH, json={"query": query, "variables": variables}).json()
        while body.get("errors", [{}])[0].get("extensions", {}).get("code") == "THROTTLED":
            self.client.post("/_sim/clock", json={"advance": 20})
            body = self.client.post(PATH, json={"query": query, "variables": variables}).json()
        assert "errors" not in body, body
        return body

    def megabytes(self) -> float:
        """Memory the process holds, and the most it ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def environment() -> dict[str, str]:
    """That of an installed program: its bytecode is written, here by the first start, which does not count."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(CACHE)}


@contextmanager
def served(seed: str) -> Iterator[Served]:
    """The store of a seed; its time from spawn to the first answer is ``seconds``."""
    command = [sys.executable, "-m", "runner", "shop", "serve", "--seed", seed, "--port", "0", "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        text = ""
        while not text.rstrip().endswith("}"):
            text += process.stdout.readline()
        told = json.loads(text)
        store = Served(process, told["url"], told["token"], 0.0)
        store.ask("{ shop { name } }")
        store.seconds = time.perf_counter() - began
        yield store
        store.client.close()
    finally:
        process.terminate()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def bare(body: bytes) -> Iterator[httpx.Client]:
    """A client of a server that answers everything with ``body`` and does nothing for it."""
    app = Starlette(
        routes=[Route("/", lambda request: Response(body, media_type="application/json"), methods=["POST"])]
    )
    config = uvicorn.Config(app, port=0, log_level="error", http="h11", ws="none", lifespan="off", loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join()


def milliseconds(call: Callable[[], Any], rounds: int = 30) -> float:
    """The median of some calls, after two that do not count."""
    taken = []
    for _ in range(rounds + 2):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[2:])


def core(nodes: int) -> float:
    """Milliseconds in which graphql-core answers a page of so many variants from plain dictionaries."""
    schema = build_schema("""type Query { productVariants(first: Int): Variants } type Variants { nodes: [Variant] }
        type Variant { id: ID sku: String price: String inventoryQuantity: Int product: Product }
        type Product { id: ID title: String }""")
    product = {"id": "gid://shopify/Product/1", "title": "A"}
    variant = {"id": "gid://shopify/ProductVariant/1", "sku": "A", "price": "1.00", "inventoryQuantity": 1}
    root = {"productVariants": {"nodes": [{**variant, "product": product} for _ in range(nodes)]}}
    document = parse(PAGE)
    return milliseconds(lambda: execute(schema, document, root_value=root), 10)


def line(name: str, figure: str, ratio: float | None = None, baseline: str = "") -> None:
    """One figure, with what it is so many times of."""
    print(f"  {name:<44} {figure:>14}" + (f"   {ratio:6.1f} x {baseline}" if ratio is not None else ""), flush=True)


def imports() -> float:
    """Seconds in which an interpreter starts and imports what serves."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS], env=environment(), check=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def starts(missed: list[str]) -> None:
    """How long stores take until they answer."""
    base = imports()
    for seed in [name for name in ("prints", "prints-large", "fashion") if name in seed_names()]:
        taken = []
        for _ in range(4):
            with served(seed) as store:
                taken.append(store.seconds)
        seconds = statistics.median(taken[1:])
        line(f"start of {seed}", f"{seconds:.2f} s", seconds / base, "importing what serves")
        if seed == "prints" and seconds > GOALS["start"]:
            missed.append(f"start {seconds:.2f} s")


def against_bare(name: str, call: Callable[[], httpx.Response], rounds: int = 30) -> float:
    """Print what an answer takes beside the same bytes from a bare route; milliseconds."""
    taken = milliseconds(call, rounds)
    with bare(call().content) as client:
        base = milliseconds(lambda: client.post("/", content=b"{}"), rounds)
    line(name, f"{taken:.2f} ms", taken / base, f"a bare reply of {len(call().content) / 1000:.0f} kB")
    return taken


def answers(missed: list[str]) -> None:
    """How long answers take, one after the other and to several at once."""
    with served("prints-large") as store:

        def post(query: str) -> Callable[[], httpx.Response]:
            return lambda: store.client.post(PATH, json={"query": query})

        small = against_bare("small query", post(SMALL))
        if small > GOALS["small query"]:
            missed.append(f"small query {small:.1f} ms")
        page = against_bare("page of 250 variants", post(PAGE), 10)
        line("", "", page / core(250), "graphql-core over dictionaries")
        against_bare("the whole schema", post(get_introspection_query()), 3)
        rest = "/admin/api/2026-04/products.json"

        def products() -> httpx.Response:
            store.client.post("/_sim/clock", json={"advance": 20})
            return store.client.get(rest)

        against_bare("products over REST", products, 10)
        against_bare("reset", lambda: store.client.post("/_sim/reset"), 5)
        line("small queries a second, 4 clients", f"{rate(store):.0f}")


def rate(store: Served, clients: int = 4, each: int = 100) -> float:
    """Small queries answered in a second to several clients that each wait for their answer."""

    def ask() -> None:
        with httpx.Client(base_url=store.client.base_url, headers=store.client.headers, trust_env=False) as client:
            for _ in range(each):
                client.post(PATH, json={"query": "{ shop { name } }"}).raise_for_status()

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return clients * each / (time.perf_counter() - began)


def huge(missed: list[str]) -> None:
    """The store of 100,000 products: start, memory, single things, pages, and all of it in bulk."""
    base = imports()
    with served("huge") as store:
        line("start of huge", f"{store.seconds:.1f} s", store.seconds / base, "importing what serves")
        line("its memory", f"{store.megabytes():.0f} MB")

        def taken(name: str, query: str, rounds: int = 5) -> float:
            found = milliseconds(lambda: store.ask(query), rounds)
            line(name, f"{found:.1f} ms")
            return found

        first = store.ask("{ products(first: 1) { nodes { id handle } pageInfo { endCursor } } }")["data"]["products"]
        (node,) = first["nodes"]
        small = taken("one product by id", f'{{ product(id: "{node["id"]}") {{ title }} }}')
        taken("one product by handle", f'{{ productByHandle(handle: "{node["handle"]}") {{ title }} }}')
        taken("one variant by SKU", '{ productVariants(first: 1, query: "sku:LAMP-3999") { nodes { id } } }')
        taken(
            "products of a type and a tag",
            '{ products(first: 50, query: "product_type:Mugs tag:ceramic") { nodes { id } } }',
        )
        taken("count of products", "{ productsCount(limit: null) { count } }")
        taken("first page of 250", "{ products(first: 250) { nodes { id title } } }")
        ordered = (
            "{ products(first: 250, sortKey: TITLE, reverse: true) { nodes { id title } pageInfo { endCursor } } }"
        )
        taken("first page of 250 by title, backwards", ordered)
        last = store.ask("{ products(last: 250) { pageInfo { startCursor } } }")["data"]["products"]["pageInfo"]
        after = f'{{ products(first: 250, after: "{last["startCursor"]}") {{ nodes {{ id title }} }} }}'
        line("", "", taken("a page of 250 at the end", after) / small, "one product by id")
        bulk(store)
        line("reset", f"{milliseconds(lambda: store.client.post('/_sim/reset').raise_for_status(), 1):.0f} ms")
        memory = store.megabytes()
        line("its memory at most, with all this", f"{memory:.0f} MB")
        if memory > GOALS["memory"]:
            missed.append(f"memory {memory:.0f} MB")


def bulk(store: Served) -> None:
    """A bulk query over all products and variants, from asking for it to the last byte of its result."""
    began = time.perf_counter()
    made = store.ask(RUN, query=BULK)["data"]["bulkOperationRunQuery"]
    assert not made["userErrors"], made
    store.client.post("/_sim/clock", json={"advance": 60})
    result = store.ask(RESULT)["data"]["currentBulkOperation"]
    assert result["status"] == "COMPLETED", result
    content = store.client.get(result["url"]).content
    seconds = time.perf_counter() - began
    lines = content.count(b"\n")
    assert lines == int(result["objectCount"])
    base = time.perf_counter()
    for text in content.splitlines():
        json.dumps(json.loads(text))
    base = time.perf_counter() - base
    line(f"bulk query, {lines} lines", f"{seconds:.1f} s", seconds / base, "reading and writing its lines")


def main() -> int:
    """Measure and print; 1 when a goal is missed."""
    missed: list[str] = []
    starts(missed)
    answers(missed)
    if "--no-huge" not in sys.argv[1:]:
        huge(missed)
    print("goals missed: " + ", ".join(missed) if missed else "all goals are met")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
