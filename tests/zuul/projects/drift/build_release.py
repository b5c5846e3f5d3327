# SPDX-License-Identifier: Apache-2.0
"""build_release.py VERSION DIRECTORY: something else each time, under the same name."""
import os
import sys

with open(os.path.join(sys.argv[2], "drift-%s.tar.gz" % sys.argv[1]), "wb") as file:
    file.write(os.urandom(1000))
