# SPDX-License-Identifier: Apache-2.0
"""The smallest thing that can be released."""


def hello():
    return "Hello"
