#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the virtual environment .venv/NAME from requirements/NAME.txt: python3 scripts/make-venv.py NAME

It is made once, for one content of the requirements file and one Python; a half-made one is made again. Several callers
at once wait for the first. Needs nothing but Python: no uv, no system-wide packages. Where the one that runs this is too
old for an environment, another one on PATH or of pyenv's is taken; exit status 3 says that there is none.
"""
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess
import sys

NEEDED = (3, 11)
NEWER = {"ansible-2.21": (3, 12)}
NONE = 3
TELL = "import os, sys, venv; print(*sys.version_info[:3], sep='.'); print(os.path.realpath(sys.executable))"


def fail(message, hint, status=2):
    sys.stderr.write("make-venv: error: %s\nmake-venv: hint: %s\n" % (message, hint))
    sys.exit(status)


def dotted(version):
    return ".".join(map(str, version))


def tell(python):
    """Version and real path of an interpreter; nothing where it does not run, as a shim of pyenv's may not."""
    try:
        said = subprocess.run([python, "-c", TELL], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout.split("\n")
    except OSError:
        return None
    return (tuple(map(int, said[0].split("."))), said[1]) if len(said) > 1 else None


def find_python(needed):
    """This one, or the oldest that will do."""
    names = ["python3.%d" % minor for minor in range(needed[1], needed[1] + 8)]
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    others = [glob.glob(os.path.join(pyenv, "versions", name[6:] + ".*", "bin", name)) for name in names]
    for python in [sys.executable, *filter(None, map(shutil.which, names)), *sum(others, [])]:
        told = tell(python)
        if told is not None and told[0] >= needed:
            return told
    return None


def key(requirements, python):
    with open(requirements, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return "%s %s %s\n" % (digest, dotted(python[0]), python[1])


def is_made(directory, wanted):
    try:
        with open(os.path.join(directory, "made-from")) as file:
            return file.read() == wanted
    except OSError:
        return False


def make(directory, requirements, python, wanted):
    # progress belongs on stderr: stdout is for whoever asked for the environment
    sys.stderr.write("make-venv: making %s, which takes a minute\n" % directory)
    shutil.rmtree(directory, ignore_errors=True)
    subprocess.run([python, "-m", "venv", directory], check=True, stdout=sys.stderr)
    pip = [os.path.join(directory, "bin", "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    # wheels only: an sdist would run its own code to be built
    pip += ["--require-hashes", "--only-binary", ":all:", "--requirement", requirements]
    # it tries again itself where a connection fails, and not where one breaks off in the middle of a file
    if subprocess.run(pip, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode != 0:
        subprocess.run(pip, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    # last, so that it stands for a whole environment
    with open(os.path.join(directory, "made-from"), "w") as file:
        file.write(wanted)


def main(name):
    if sys.version_info < NEEDED:
        have = dotted(sys.version_info[:3])
        fail("this is Python %s, and %s or later is needed" % (have, dotted(NEEDED)), "put a newer python3 first on PATH")
    needed = NEWER.get(name, NEEDED)
    python = find_python(needed)
    if python is None:
        missing = "%s needs Python %s or later, and there is none" % (name, dotted(needed))
        fail(missing, "put python%s on PATH, or install it with pyenv" % dotted(needed), NONE)
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    requirements = os.path.join(root, "requirements", name + ".txt")
    directory = os.path.join(root, ".venv", name)
    os.makedirs(os.path.dirname(directory), exist_ok=True)
    with open(directory + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = key(requirements, python)
        if is_made(directory, wanted):
            return
        try:
            make(directory, requirements, python[1], wanted)
        except subprocess.CalledProcessError as error:
            step = "venv" if "venv" in error.cmd else "pip"
            fail("cannot make %s: %s failed" % (directory, step), "its message stands above; on Debian, venv is the package python3-venv")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        fail("one argument is needed", "python3 scripts/make-venv.py ansible")
    main(sys.argv[1])
