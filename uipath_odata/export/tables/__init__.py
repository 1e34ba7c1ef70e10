"""Tables beside a lake: each run of its Parquet parts becomes one transaction of a Delta or Iceberg table a set.

`spec` reads ``table=``. `changes` compares a table with the journal. `lake_rows` reads the rows that the table lacks from the
parts. `delta` and `iceberg` commit them. `writing` does these steps for each set. `storage` has the credentials of S3 for delta-rs.

Each transaction writes rows, and the last run of each list that the table then has. So a process that is killed before or after
a commit loses nothing and adds nothing twice. Runs without the option are added by the next run with it.
"""
