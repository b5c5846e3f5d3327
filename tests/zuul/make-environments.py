# SPDX-License-Identifier: Apache-2.0
"""Makes the Python environments of the Zuul suite: make-environments.py CACHE

Prints the directory that holds them: zuul/ and, as Zuul names the versions of Ansible, ansible/11 and ansible/9. It is made
once for one content of the requirements and one Python, outside of any checkout; several callers at once wait for the first.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REQUIREMENTS = ("uv", "zuul", "zuul-ansible")
# published as source only; what they are built with is pinned, too
BUILT = ("jsonpath-rw", "paho-mqtt")
# The sandbox cannot write: what is not compiled here is compiled anew in every run of ansible-playbook.
COMPILED = ("ansible", "ansible_collections/ansible", "jinja2", "yaml", "voluptuous", "packaging", "resolvelib")


def requirements(name):
    return os.path.join(ROOT, "requirements", name + ".txt")


def key():
    digest = hashlib.sha256((sys.version + os.path.realpath(sys.executable)).encode())
    for path in [*map(requirements, REQUIREMENTS), __file__]:
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:16]


def run(*command):
    env = dict(os.environ, UV_PYTHON_DOWNLOADS="never", PIP_DISABLE_PIP_VERSION_CHECK="1")
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=env)


def make(directory):
    uv = os.path.join(directory, "uv/bin/uv")
    run(sys.executable, "-m", "venv", os.path.join(directory, "uv"))
    run(os.path.join(directory, "uv/bin/pip"), "install", "--quiet", "--require-hashes", "--only-binary", ":all:",
        "--requirement", requirements("uv"))
    for name, place in (("zuul", "zuul"), ("zuul-ansible", "ansible/11")):
        venv = os.path.join(directory, place)
        run(uv, "venv", "--quiet", "--python", sys.executable, venv)
        sources = [option for package in BUILT if name == "zuul" for option in ("--no-binary", package)]
        compiled = ["--compile-bytecode"] if name == "zuul" else []
        run(uv, "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", *sources, *compiled,
            "--build-constraints", requirements("zuul"), "--python", os.path.join(venv, "bin/python"),
            "--requirement", requirements(name))
    python = os.path.join(directory, "ansible/11/bin/python")
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    run(python, "-m", "compileall", "-q", "-j", "0", *(os.path.join(packages, name) for name in COMPILED))
    # The executor asks every version that it supports for its number, and no job here wants the older one.
    os.symlink("11", os.path.join(directory, "ansible/9"))


def main(cache):
    os.makedirs(cache, exist_ok=True)
    directory = os.path.join(cache, "zuul-" + key())
    made = os.path.join(directory, "made")
    with open(directory + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(made):
            sys.stderr.write("make-environments: making %s, which takes minutes\n" % directory)
            shutil.rmtree(directory, ignore_errors=True)
            os.mkdir(directory)
            make(directory)
            # last, so that it stands for all of it
            with open(made, "w"):
                pass
    print(directory)


if __name__ == "__main__":
    os.umask(0o022)
    main(sys.argv[1])
