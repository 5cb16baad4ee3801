"""Reading and writing tables (CSV, XLSX): the one door for everything that is imported or exported.

Reading: `read_table(file, columns=…, limits=…)` gives a `Table` of `Row`s; see `reading` and `columns`.
Writing: `write_csv`, `write_xlsx`, `write_rejected_rows`; see `writing`.
"""

from concord.portal.tabular.columns import (
    BooleanColumn,
    ChoiceColumn,
    Column,
    DateColumn,
    DecimalColumn,
    FormulaCells,
    IntegerColumn,
    ListColumn,
    MomentColumn,
    TextColumn,
)
from concord.portal.tabular.problems import Cell, CellError, Message, RowError, TableRefusedError
from concord.portal.tabular.reading import Limits, Row, Table, read_rows, read_table
from concord.portal.tabular.workbook_rows import WorkbookLimits
from concord.portal.tabular.writing import (
    TableTooLargeError,
    Value,
    harmless,
    write_csv,
    write_rejected_rows,
    write_xlsx,
)

__all__ = [
    "BooleanColumn",
    "Cell",
    "CellError",
    "ChoiceColumn",
    "Column",
    "DateColumn",
    "DecimalColumn",
    "FormulaCells",
    "IntegerColumn",
    "Limits",
    "ListColumn",
    "Message",
    "MomentColumn",
    "Row",
    "RowError",
    "Table",
    "TableRefusedError",
    "TableTooLargeError",
    "TextColumn",
    "Value",
    "WorkbookLimits",
    "harmless",
    "read_rows",
    "read_table",
    "write_csv",
    "write_rejected_rows",
    "write_xlsx",
]
