"""The store in DynamoDB with what is made of its rows: days, rollups, statements, and who looked at what.

Apart from `dynamo.py`, so that no function that a deadline or a helpdesk waits for starts with it.
"""

from slaclock.store.dynamo import DynamoStore
from slaclock.store.dynamo_accesses import DynamoAccesses
from slaclock.store.dynamo_days import DynamoDays
from slaclock.store.dynamo_reports import DynamoReports
from slaclock.store.dynamo_statements import DynamoStatements


class DynamoBooks(DynamoStore, DynamoAccesses, DynamoDays, DynamoReports, DynamoStatements):
    """All that is stored; calls may raise `StoreUnavailableError`."""
