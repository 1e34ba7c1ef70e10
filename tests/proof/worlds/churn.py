"""What happens to a list while it is read."""

from __future__ import annotations

import attrs

__all__ = ["Churn"]


@attrs.frozen(kw_only=True)
class Churn:
    """What may happen before each answer, by chance."""

    inserts: float = 0.0
    late: float = 0.0
    """Rows that come among older ones."""
    deletes: float = 0.0
    sweeps: float = 0.0
    """Retention: the oldest rows go, many at once."""
    changes: float = 0.0
    """Rows whose state becomes another one."""
    near: float = 0.5
    """How often it hits the neighbourhood of what was just read."""

    @classmethod
    def draw(cls, chance):
        kind = chance.choice(
            ["none", "inserts", "deletes", "both", "both", "late", "sweeps", "all", "changes"]
        )
        often = chance.choice([0.03, 0.03, 0.1, 0.1, 0.3, 0.7])
        near = chance.choice([0.1, 0.5, 0.9])
        return {
            "none": cls(),
            "inserts": cls(inserts=often, near=near),
            "deletes": cls(deletes=often, near=near),
            "both": cls(inserts=often, deletes=often, late=often, near=near),
            "late": cls(late=often, near=near),
            "sweeps": cls(sweeps=often / 5),
            "all": cls(inserts=often, deletes=often, late=often, sweeps=often / 10, near=near),
            "changes": cls(changes=often, deletes=often / 3, near=near),
        }[kind]

    def step(self, server):
        """Let happen what happens before one answer; at last the list comes to rest, so that a reading can end."""
        chance = server.chance
        if server.rows.made > 3 * sum(server.world.shape.sizes) + 60:
            return
        if chance.random() < self.inserts:
            self._insert(server, server.rows.newest + chance.choice(server.world.shape.step))
        if chance.random() < self.late:
            self._insert(server, self._older_key(server))
        if chance.random() < self.deletes:
            self._delete(server)
        if chance.random() < self.sweeps:
            oldest = sorted(server.history.alive(), key=lambda fact: fact.key)
            for fact in oldest[: chance.randrange(1, 30)]:
                server.history.delete(fact)
        if chance.random() < self.changes and (alive := server.history.alive()):
            self._change(server, chance.choice(alive))

    def _insert(self, server, key):
        moment, windowed = server.history.moment, server.world.table.window
        if not windowed and any(fact.key == key for fact in server.history.facts):
            return  # an Id is given once
        size = server.chance.choice([1, 1, 1, 2, 5]) if windowed else 1
        server.history.facts += server.rows.group(key, size, moment)

    def _older_key(self, server):
        near = server.chance.random() < self.near
        key = server.recent if near else server.chance.randrange(server.rows.newest + 1)
        return max(0, key + server.chance.choice([0, 0, 1, -1]))

    def _delete(self, server):
        alive = server.history.alive()
        if alive and server.chance.random() < self.near:
            alive = sorted(alive, key=lambda fact: abs(fact.key - server.recent))[:15]
        for fact in server.chance.sample(alive, min(len(alive), server.chance.choice([1, 1, 2, 5]))):
            server.history.delete(fact)

    def _change(self, server, fact):
        table = server.world.table
        if table.state is not None:
            server.history.change(fact, **{table.state: server.chance.choice(table.values[table.state])})
