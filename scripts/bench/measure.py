#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one command to its end and prints what it took, as the system accounts for it: measure.py < JSON

in    {"argv": [...], "cwd": "...", "env": {...}, "also": [pids of daemons that work for it]}
out   {"status": 0, "wall": seconds, "cpu": seconds, "memory": bytes of the largest process, "said": "..."}

A process as small as this one, because the peak memory of a child begins with that of whoever started it. Whoever ends
it ends the command, and all that the command has started.
"""
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

SAID = 65536  # bytes of its output, from the end
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pids):
    """Seconds that running processes have used; of one that is gone, none."""
    total = 0
    for pid in pids:
        try:
            with open("/proc/%d/stat" % pid) as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def main():
    work = json.load(sys.stdin)
    with tempfile.TemporaryFile() as output:
        also = cpu_of(work["also"])
        start = time.perf_counter()
        # told before there is anybody to tell it to: that is not forgotten
        ended = []
        signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
        child = subprocess.Popen(
            work["argv"], cwd=work["cwd"], env=work["env"], stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True)
        signal.signal(signal.SIGTERM, lambda *_: os.killpg(child.pid, signal.SIGTERM))
        if ended:
            os.killpg(child.pid, signal.SIGTERM)
        status = child.wait()
        wall = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        output.seek(max(0, output.tell() - SAID))
        said = output.read().decode(errors="replace")
    cpu = used.ru_utime + used.ru_stime + cpu_of(work["also"]) - also
    json.dump({"status": status, "wall": wall, "cpu": cpu, "memory": used.ru_maxrss * 1024, "said": said}, sys.stdout)


if __name__ == "__main__":
    main()
