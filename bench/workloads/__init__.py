"""What is measured. A new workload is a module with one class, named in ``all_workloads``."""

from __future__ import annotations

from collections.abc import Sequence

from bench.frame import Workload


def all_workloads() -> Sequence[Workload]:
    """Every workload, in the order in which they run: those that share data stand side by side."""
    from bench.workloads.approval import Approval
    from bench.workloads.brief import Brief
    from bench.workloads.conflict_check import ConflictCheck
    from bench.workloads.customer_search import CustomerSearch
    from bench.workloads.dashboard import Dashboard
    from bench.workloads.deal_list import DealList, DealListPage, DealPage
    from bench.workloads.feeds import PriceImport, PriceImportAgain, StockImport, StockImportAgain
    from bench.workloads.matching import Matching
    from bench.workloads.pool_claim import PoolClaim
    from bench.workloads.price_check import Engine, PriceCheck
    from bench.workloads.price_check_http import PriceCheckHttp
    from bench.workloads.product_search import ProductSearch
    from bench.workloads.quote_issue import QuoteIssue
    from bench.workloads.quote_pdf import QuotePdf
    from bench.workloads.quote_race import QuoteRace
    from bench.workloads.seal import Seal

    # One a line, so that a new one stands by itself.
    return (
        ConflictCheck(),
        CustomerSearch(),
        Matching(),
        ProductSearch(),
        PriceCheck(),
        PriceCheckHttp(),
        Engine(),
        QuoteIssue(10_000),
        QuoteIssue(100_000),
        QuoteIssue(1_000_000),
        QuoteRace(),
        PriceImport(),
        PriceImportAgain(),
        StockImport(),
        StockImportAgain(),
        QuotePdf(),
        DealList(),
        DealListPage(),
        DealPage(),
        Brief(),
        Dashboard(),
        Approval(),
        PoolClaim(),
        Seal(),
    )
