# SPDX-License-Identifier: Apache-2.0
"""build_release.py VERSION DIRECTORY: a source tarball and a wheel; the same commit gives the same bytes.

In the tarball it is what pip builds the wheel with: pyproject.toml names it.
"""
import base64
import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile


def metadata(project, version):
    return "Metadata-Version: 2.1\nName: %s\nVersion: %s\nSummary: %s\n" % (
        project["name"], version, project["description"])


def build_tarball(project, version, directory):
    stem = "%s-%s" % (project["name"], version)
    command = ["git", "archive", "--format=tar", "--prefix=%s/" % stem, "HEAD"]
    archive = io.BytesIO(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    content = metadata(project, version).encode()
    info = tarfile.TarInfo(stem + "/PKG-INFO")
    info.size = len(content)
    with tarfile.open(fileobj=archive, mode="a") as tarball:
        tarball.addfile(info, io.BytesIO(content))
    # without the time of today
    with open(os.path.join(directory, stem + ".tar.gz"), "wb") as file:
        file.write(gzip.compress(archive.getvalue(), mtime=0))


def record_line(path, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return "%s,sha256=%s,%d\n" % (path, digest, len(content))


def build_wheel_of(project, version, directory):
    stem = "%s-%s" % (project["name"], version)
    module, info = project["name"] + ".py", stem + ".dist-info"
    wheel = "Wheel-Version: 1.0\nGenerator: build_release\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with open(module, "rb") as file:
        files = {module: file.read()}
    files[info + "/METADATA"] = metadata(project, version).encode()
    files[info + "/WHEEL"] = wheel.encode()
    record = "".join(record_line(path, content) for path, content in files.items())
    files[info + "/RECORD"] = (record + "%s/RECORD,,\n" % info).encode()
    name = stem + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, content in files.items():
            # with the first time that a zip file can hold
            archive.writestr(zipfile.ZipInfo(path), content)
    return name


def read_project():
    with open("pyproject.toml", "rb") as file:
        return tomllib.load(file)["project"]


def build_wheel(directory, config_settings=None, metadata_directory=None):
    """What pip calls in the unpacked tarball (PEP 517)."""
    with open("PKG-INFO", encoding="utf-8") as file:
        version = dict(line.rstrip().split(": ", 1) for line in file)["Version"]
    return build_wheel_of(read_project(), version, directory)


if __name__ == "__main__":
    build_tarball(read_project(), sys.argv[1], sys.argv[2])
    build_wheel_of(read_project(), sys.argv[1], sys.argv[2])
