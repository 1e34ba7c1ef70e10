"""What happens in a tenant between two nights."""

from __future__ import annotations

import datetime as dt

from .tenant import Tenant, moment

DAY = dt.timedelta(days=1)
START = dt.datetime(2024, 5, 1, 2, 0, tzinfo=dt.UTC)
JOB_ENDS = ("Successful", "Faulted", "Stopped")
ITEM_ENDS = ("Successful", "Failed", "Abandoned")


class Life:
    """A tenant, and random days in it."""

    def __init__(self, rng):
        self.rng = rng
        self.tenant = Tenant(START, page_cap=rng.choice((5, 20, 1_000)))
        self.tenant.sets = {"Jobs": [], "QueueItems": [], "RobotLogs": [], "AuditLogs": [], "Releases": []}
        self.ids = 0

    def day(self):
        began, self.tenant.now = self.tenant.now, self.tenant.now + DAY
        self.began = began
        for chore in (self.jobs, self.queue_items, self.robot_logs, self.audit_logs, self.releases):
            chore()

    def some(self, rows, share):
        return [row for row in rows if self.rng.random() < share]

    def at(self, back=dt.timedelta(0)):
        """An instant of this day, or so long before it."""
        return moment(self.began - back + self.rng.random() * DAY)

    def next_id(self):
        self.ids += self.rng.choice((1, 1, 1, 3))
        return self.ids

    def jobs(self):
        jobs = self.tenant.sets["Jobs"]
        for job in self.some([job for job in jobs if job["State"] == "Running"], 0.5):
            job.update(State=self.rng.choice(JOB_ENDS), LastModificationTime=self.at())
        for _ in range(self.rng.randrange(7)):
            at = self.at()
            jobs.append(
                {"Id": self.next_id(), "State": "Running", "CreationTime": at, "LastModificationTime": at}
            )
        for job in self.some(jobs, 0.03):
            jobs.remove(job)

    def queue_items(self):
        items = self.tenant.sets["QueueItems"]
        for item in self.some([item for item in items if item["Status"] in {"New", "InProgress"}], 0.5):
            item["Status"] = self.rng.choice(("InProgress", *ITEM_ENDS))
        for item in self.some([item for item in items if item["Status"] == "Failed"], 0.1):
            item["Status"] = "Retried"
            self.add_item(items)
        for _ in range(self.rng.randrange(7)):
            self.add_item(items)
        for item in self.some(items, 0.03):
            items.remove(item)

    def add_item(self, items):
        items.append(
            {
                "Id": self.next_id(),
                "Status": "New",
                "CreationTime": self.at(),
                "SpecificContent": {"N": self.ids},
            }
        )

    def robot_logs(self):
        logs = self.tenant.sets["RobotLogs"]
        for number in range(self.rng.randrange(12)):
            late = dt.timedelta(days=self.rng.randrange(4)) if self.rng.random() < 0.2 else dt.timedelta(0)
            logs.append(
                {
                    "Id": 0,
                    "TimeStamp": self.at(late),
                    "Message": f"{self.next_id()} {number}",
                    "Level": "Info",
                }
            )

    def audit_logs(self):
        logs = self.tenant.sets["AuditLogs"]
        for _ in range(self.rng.randrange(8)):
            logs.append({"Id": self.next_id(), "Action": "Start", "ExecutionTime": self.at()})
        if self.rng.random() < 0.3 and self.ids > 5:  # committed after rows with larger Ids
            late = self.ids - self.rng.randrange(1, 5)
            if late not in {log["Id"] for log in logs}:
                logs.append({"Id": late, "Action": "Late", "ExecutionTime": self.at()})

    def releases(self):
        releases = self.tenant.sets["Releases"]
        for release in self.some(releases, 0.1):
            release["Name"] = f"renamed {self.next_id()}"
        if len(releases) < 5:
            releases.append({"Id": self.next_id(), "Name": "new"})
        for release in self.some(releases, 0.05):
            releases.remove(release)
