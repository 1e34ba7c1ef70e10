"""A disk in memory that dies: at any operation, by a kill or by a loss of power."""

from __future__ import annotations

import threading
from pathlib import PurePosixPath

import attrs


class Crash(BaseException):
    """The process ended here."""


@attrs.define(eq=False)
class Inode:
    data: bytes = b""
    durable: bytes = b""
    lowest: int = 0
    """The smallest size since the last sync."""

    def after_a_loss_of_power(self, rng):
        if self.data == self.durable and self.lowest >= len(self.data):
            return self.durable
        kept = self.data[: rng.randint(min(self.lowest, len(self.data)), len(self.data))]
        return rng.choice((self.durable, kept, self.data, kept + self.durable[len(kept) :]))


@attrs.define(eq=False)
class SimulatedFile:
    disk: CrashDisk
    name: str
    inode: Inode

    def write(self, data):
        with self.disk.operation(f"write {self.name}") as at:
            self.inode.data += data if at is None else data[: at.randint(0, len(data))]

    def sync(self):
        with self.disk.operation(f"sync {self.name}") as at:
            if at is None and self.disk.syncs(self.name):
                self.inode.durable, self.inode.lowest = self.inode.data, len(self.inode.data)

    def close(self):
        pass


class Operation:
    """One operation; the one that the process dies in does what it can and raises."""

    def __init__(self, disk, name):
        self.disk, self.name = disk, name

    def __enter__(self):
        self.disk.lock.acquire()
        if self.disk.is_dead:
            self.disk.lock.release()
            raise Crash(self.name)
        self.disk.operations.append(self.name)
        self.dies = len(self.disk.operations) == self.disk.dies_at
        return self.disk.rng if self.dies else None

    def __exit__(self, *_):
        self.disk.is_dead |= self.dies
        self.disk.lock.release()
        if self.dies:
            raise Crash(self.name)


class CrashDisk:
    """Implements ``Disk``: what is not synced may be gone after a loss of power, each name by itself."""

    def __init__(self, rng, dies_at=None, files=()):
        self.rng = rng
        self.dies_at = dies_at
        self.is_dead = False
        self.lock = threading.RLock()
        self.operations = []
        self.files = {name: Inode(data, data, len(data)) for name, data in dict(files).items()}
        self.durable = dict(self.files)
        self.directories = {parent for name in self.files for parent in above(name)}
        self.pending = []  # changes of names: (directories, new entries, removed names)

    def operation(self, name):
        return Operation(self, name)

    def syncs(self, name):
        return True

    def names(self):
        return sorted(name for name in self.files if not name.startswith("../"))

    def has(self, name):
        self.check()
        return name in self.files

    def size(self, name):
        return len(self.files[name].data) if name in self.files else None

    def pieces(self, name, start=0):
        yield self.read(name)[start:]

    def read(self, name):
        self.check()
        return self.files[name].data

    def check(self):
        if self.is_dead:
            raise Crash("read")

    def open(self, name, size=0):
        with self.operation(f"open {name}") as at:
            if name not in self.files:
                if at is not None:
                    return None
                self._change({name: Inode()}, ())
            inode = self.files[name]
            if at is None:
                assert len(inode.data) >= size, f"{name} lost bytes that count"
                inode.data = inode.data[:size]
                inode.lowest = min(inode.lowest, size)
            return SimulatedFile(self, name, inode)

    def rename(self, name, to):
        with self.operation(f"rename {to}") as at:
            if at is None:
                self._change({to: self.files[name]}, (name,))

    def remove(self, name):
        if name in self.files or self.is_dead:
            with self.operation(f"remove {name}") as at:
                if at is None:
                    self._change({}, (name,))

    def sync_directory_of(self, name):
        with self.operation(f"sync directory of {name}") as at:
            if at is None:
                self._settle(directory(name))

    def _settle(self, there):
        for change in [each for each in self.pending if there in each[0]]:
            self.pending.remove(change)
            self._apply(change)

    def _change(self, entries, removed):
        for name in entries:
            for new in [each for each in above(name) if each not in self.directories]:
                self.directories.add(new)
                self.pending.append(({directory(new)}, {f"{new}/": None}, ()))
        self.pending.append(({directory(name) for name in (*entries, *removed)}, entries, removed))
        for name in removed:
            del self.files[name]
        self.files |= entries

    def _apply(self, change):
        _, entries, removed = change
        for name in removed:
            self.durable.pop(name, None)
        self.durable |= entries

    def after_a_kill(self):
        """Nothing that reached the system is lost; what a process held back in its buffers is."""
        return {
            name: inode.data[: self.rng.randint(min(inode.lowest, len(inode.data)), len(inode.data))]
            for name, inode in self.files.items()
        }

    def after_a_loss_of_power(self):
        for change in list(self.pending):
            if self.rng.random() < 0.5:
                self._apply(change)
        begun = {parent for change in self.pending for parent in change[1] if parent.endswith("/")}
        lost = tuple(each for each in begun if each not in self.durable)
        return {
            name: inode.after_a_loss_of_power(self.rng)
            for name, inode in self.durable.items()
            if inode is not None and not name.startswith(lost)
        }


def directory(name):
    return str(PurePosixPath(name).parent)


def above(name):
    """The directories that a name lies in, the outermost first; the root and what lies beside it were there before."""
    return [str(each) for each in reversed(PurePosixPath(name).parents) if str(each) not in {".", ".."}]
