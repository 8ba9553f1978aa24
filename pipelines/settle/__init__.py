"""Phase 2: what follows from the *set* of articles. Idempotent, incremental, independent of order and shards.

    members -> furniture of hosts -> pages joined -> texts -> pairs -> clusters -> canonical, edition

Each step takes from the catalog what is due and leaves it whole: an article is pending until it is taken up,
settling until its text is known, and pending again if it changes meanwhile; a text is `new` until it is
matched and `dirty` until its cluster is settled. So a settle that is killed goes on at the next one, and one
with nothing to do reads a few counts. Only what a new, changed or removed article touches is done again. One
process at a time settles an archive; others wait for it.
"""

from __future__ import annotations

from sqlalchemy import Connection

from pipelines.archive import articles, member_rows, settled, shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.archive.settling import settling_alone
from pipelines.settle.clustering import cluster
from pipelines.settle.common import leave_out_common
from pipelines.settle.matching import match
from pipelines.settle.members import enrol, forget, regroup, renew_furniture
from pipelines.settle.texts import derive
from pipelines.settle.work import Progress, SettleCounts, Workers

__all__ = ["Progress", "SettleCounts", "rebuild", "settle"]


def settle(catalog: Catalog, *, progress: Progress | None = None, workers: int = 1) -> SettleCounts:
    """Bring what is derived from the set of articles up to date.

    The result is a function of the current articles alone (and of the archive's list of common shingles),
    whatever was settled before, in which order, and by how many `workers` (processes that sketch and
    compare). Raises the errors of the catalog.
    """
    counts = SettleCounts(progress)
    with settling_alone(catalog), Workers(workers) as pool:
        _to_texts(catalog, counts, pool)
        match(catalog, counts, pool)
        cluster(catalog, counts)
    return counts


def rebuild(catalog: Catalog, *, progress: Progress | None = None, workers: int = 1) -> SettleCounts:
    """Settle the whole archive anew, with its common shingles counted anew: the one time that list changes.

    Killed midway, `settle` finishes the work: with that list, or without one where it was not complete.
    """
    counts = SettleCounts(progress)
    with settling_alone(catalog), Workers(workers) as pool:
        catalog.write(_clear).result()
        _to_texts(catalog, counts, pool)
        leave_out_common(catalog)
        match(catalog, counts, pool)
        cluster(catalog, counts)
    return counts


def _to_texts(catalog: Catalog, counts: SettleCounts, pool: Workers) -> None:
    catalog.write(settled.resume).result()
    forget(catalog, counts)
    hosts = enrol(catalog, counts, pool)
    renew_furniture(catalog, hosts)
    regroup(catalog)
    derive(catalog, counts, pool)


def _clear(connection: Connection) -> None:
    articles.remove_orphans(connection)
    shingle_index.clear(connection)
    member_rows.forget_all(connection)
