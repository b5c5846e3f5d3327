# SPDX-License-Identifier: Apache-2.0
"""Sphinx builds these pages with the directives of zuul-sphinx: sphinx-build -W doc/source doc/build/html"""
import json
import os

from zuul_sphinx.zuul import ZuulDirective

HERE = os.path.dirname(os.path.abspath(__file__))

with open(os.path.join(HERE, "../../package.json"), encoding="utf-8") as file:
    release = json.load(file)["version"]

project = "Artifact signing for Zuul"
copyright = "the authors of Artifact signing for Zuul"
version = release

extensions = ["zuul_sphinx"]
primary_domain = "zuul"
zuul_role_paths = [os.path.join(HERE, "../../roles")]

# the tutorial's and the example's own files are shown by pages, and are none
exclude_patterns = ["tutorial/**", "opendev/**"]


def _read_both(self, path, read=ZuulDirective.parse_zuul_d):
    """zuul-sphinx knows one directory of jobs; the self-tests are in a second one."""
    layout = read(self, path)
    layout.jobs += read(self, os.path.join(HERE, "../../zuul-tests.d")).jobs
    return layout


ZuulDirective.parse_zuul_d = _read_both

root_doc = "index"
html_theme = "alabaster"
html_theme_options = {
    "description": "OpenPGP signatures, signed manifests and transparency logs for releases",
    # lines of 120 characters fit
    "page_width": "1180px",
    "body_max_width": "100%",
}
# quotation marks and dashes stay as they are written: many of them belong to commands
smartquotes = False
