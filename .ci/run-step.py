# SPDX-License-Identifier: Apache-2.0
"""run-step.py SECONDS COMMAND...: runs a command with no stdin and sees to it that nothing of it stays behind.

Daemons leave their parent's process group and session, so neither finds them. A child subreaper does: whatever loses its
parent becomes our child. Exits with the command's status, 124 when its time is up, 1 when it was good and left processes.
"""
import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def descendants():
    """Process ids and names of what we started, directly or not, zombies left out."""
    parents, names = {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as file:
                name, _, rest = file.read().partition("(")[2].rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if state not in "ZX":
            parents[int(pid)], names[int(pid)] = int(parent), name
    found, todo = {}, {os.getpid()}
    while todo:
        todo = {pid for pid, parent in parents.items() if parent in todo}
        found.update((pid, names[pid]) for pid in todo)
    return found


def wait_until_gone(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        reap()
        if not descendants():
            return
        time.sleep(0.1)


def end_all():
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in descendants():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        wait_until_gone(5)


def interrupted(number, _frame):
    end_all()
    sys.exit(128 + number)


def main(seconds, command):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        print("run-step: still running after %d seconds, ended" % seconds)
        end_all()
        return 124
    # what is just about to end was not left behind
    wait_until_gone(3)
    left = descendants()
    if left:
        print("run-step: left behind: " + ", ".join("%s (%d)" % (name, pid) for pid, name in sorted(left.items())))
        end_all()
    return status if status > 0 or (status == 0 and not left) else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
