"""Small parts of a lake made into large ones, with the same rows.

`compact` holds the lake and asks whether it is sound, before and after. `compactor` does the work on what is held. `groups` says
which parts become one, `joining` makes one file of several and compares its rows with theirs.

The journal says that a compaction begins before the mark of the lake goes, and takes parts out and the merged one in with one record.
So a process that is killed leaves the old parts or the new one, and whoever holds the lake next removes the files of the other.
"""
