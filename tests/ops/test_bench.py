"""The benchmarks measure what the product does: a workload that needs no data of its own is carried out once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

import pytest

from bench.workloads.quote_pdf import QuotePdf

if TYPE_CHECKING:
    from bench.server import Server


@pytest.mark.django_db
def test_the_document_that_is_measured_is_the_one_that_is_signed(settings, caplog):
    # What the benchmark sets for its whole process ends with this test.
    settings.PDF_SIGNING_CERTIFICATE = settings.PDF_SIGNING_KEY = ""
    caplog.set_level(logging.ERROR, logger="weasyprint")
    case = QuotePdf().prepare(cast("Server", None), 1, 1)
    document = case.product(0)
    assert isinstance(document, bytes)
    assert document.startswith(b"%PDF-")
    assert b"/ByteRange" in document, "it is signed"
