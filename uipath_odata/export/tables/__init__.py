"""Tables beside a lake: each run of its Parquet parts becomes one transaction of a Delta or Iceberg table a set.

`spec` reads what ``table=`` says, `changes` finds out from the journal what a table does not have yet, `lake_rows` reads
that from the parts, `delta` and `iceberg` commit it, `writing` does one after the other. `storage` has the credentials of S3 for
delta-rs.

A table itself says up to which run of each list it has the rows, in the transaction that brought them. So a process that was killed
before or after a commit loses nothing and adds nothing twice, and nights without the option are made up for later.
"""
